#!/bin/sh
# Run once by the PostgreSQL image, when its data folder is made: the role of the service, which owns nothing.
set -eu
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" -v secret="$DCC_MOT_DE_PASSE_SERVICE" <<'SQL'
CREATE ROLE dcc_service LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'secret';
SQL
