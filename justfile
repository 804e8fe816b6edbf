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

# Writes the API document and the other committed expectations again; read the difference before committing.
attendus:
    DCC_ECRIRE_ATTENDUS=1 cargo test

# Licences, advisories and sources of the dependencies (needs cargo-deny).
deny:
    cargo deny check
