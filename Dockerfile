# The production image: one binary. TLS to PostgreSQL needs a vendored OpenSSL (perl, make).
FROM rust:1.95-bookworm AS construction
WORKDIR /dcc
COPY . .
RUN cargo build --release --locked --features tls-postgres

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home /var/lib/dcc --create-home dcc
COPY --from=construction /dcc/target/release/dcc /usr/local/bin/dcc
USER dcc
WORKDIR /var/lib/dcc
EXPOSE 8080
ENTRYPOINT ["dcc"]
CMD ["serve"]
