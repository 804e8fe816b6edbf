DROP TABLE acceptation_conditions;
DROP TABLE conditions;
DROP FUNCTION conditions_immuables();
