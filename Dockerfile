# The image of mfa-cli: the program alone, without a shell or a package manager, for a user that is not root and a root
# filesystem that nobody writes to.
#
# Put the digests of both images in place of the tags before you rely on it (`node:22-slim@sha256:…`): a tag is another image
# tomorrow.
FROM node:22-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
# Every package is taken by its hash, and no script of theirs is run.
RUN npm ci --include=dev --ignore-scripts
COPY . .
RUN npm run build

FROM gcr.io/distroless/nodejs22-debian12:nonroot
# Owned by root: the program cannot change itself.
COPY --from=build --chown=0:0 /src/package.json /src/LICENSE /app/
COPY --from=build --chown=0:0 /src/bin /app/bin
COPY --from=build --chown=0:0 /src/dist /app/dist
USER 65532:65532
ENTRYPOINT ["/nodejs/bin/node", "/app/bin/mfa-cli.js"]
