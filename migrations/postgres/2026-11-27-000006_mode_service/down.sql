DROP TABLE mode_service;
