# syntax=docker/dockerfile:1

FROM golang:1.26-bookworm AS build
WORKDIR /src
# The modules are a layer of their own: it is built again only when go.mod or go.sum changes.
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod \
    go mod download
COPY . .
# A static binary: the SQLite driver is pure Go, and without cgo nothing is linked from outside.
RUN --mount=type=cache,target=/go/pkg/mod \
    --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags="-s -w" -o /out/web ./cmd/web \
    && install -d -m 0700 /out/data

# Distroless "static" instead of scratch: the same nothing (no shell, no libc), plus what this program does need:
# the authorities' certificates to check a mail server's and a database's TLS, a /tmp, and an unprivileged user.
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/web /web
COPY --from=build --chown=65532:65532 /out/data /data
# settings.yml and passwordpolicy.json are looked for in the working directory: mount a directory with them here.
WORKDIR /etc/latchkey
ENV LATCHKEY_LISTEN=0.0.0.0:8080 \
    LATCHKEY_DATA=/data
VOLUME ["/data"]
EXPOSE 8080
USER 65532:65532
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["/web", "healthcheck"]
ENTRYPOINT ["/web"]
