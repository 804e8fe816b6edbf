DROP TABLE acceptation_conditions;
DROP TABLE conditions;
