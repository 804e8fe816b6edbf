# Shortcuts; `cargo` alone does the same. `just --list` shows them.

# The service on embedded defaults, with a small region to look at.
demo:
    cargo run --release -- demo

# All tests, on SQLite and on PostgreSQL where it is found.
test:
    cargo test

# What the continuous integration runs.
ci:
    .ci/run

# Rates and latencies beside a floor, on a fresh SQLite file; DCC_BASE names an empty PostgreSQL database instead.
charge:
    DCC_BASE=${DCC_BASE:-sqlite://$(mktemp -d)/charge.sqlite} DCC_LOG=error cargo run --release -- charge

# Writes the API document and the other committed expectations again; read the difference before committing.
attendus:
    DCC_ECRIRE_ATTENDUS=1 cargo test

# Licences, sources and security advisories of the dependencies (installs cargo-deny where it is missing).
audit:
    outils/audit-dependances

# Inventory of the dependencies (CycloneDX), to be kept with a release.
sbom:
    outils/sbom
