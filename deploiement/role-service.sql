-- What the role under which the service runs may do. The owner of the tables, who migrates, is another role: whoever takes the
-- service over can add to the access trace, and neither change nor erase what it says.
--
-- `dcc migrate --role NOM` runs this after each migration. By hand: psql -v role=NOM -f deploiement/role-service.sql
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO :"role";
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM :"role";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"role";
REVOKE UPDATE, DELETE ON trace, scellement FROM :"role";
REVOKE INSERT, UPDATE, DELETE ON purge_trace FROM :"role";
REVOKE INSERT, UPDATE, DELETE ON __diesel_schema_migrations FROM :"role";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO :"role";
