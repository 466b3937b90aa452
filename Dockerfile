# syntax=docker/dockerfile:1

FROM node:20-slim AS build
WORKDIR /saldo
COPY . .
# Installs the locked versions and, by the prepare script, compiles.
RUN --mount=type=cache,target=/root/.npm npm ci
RUN npm prune --omit=dev --ignore-scripts

FROM node:20-slim
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    SALDO_DATA_DIR=/var/lib/saldo
WORKDIR /saldo
COPY --from=build /saldo/package.json ./
COPY --from=build /saldo/node_modules ./node_modules
COPY --from=build /saldo/packages ./packages
COPY --from=build /saldo/apps ./apps
RUN install --directory --owner=node --group=node /var/lib/saldo \
  && ln -s /saldo/apps/cli/bin/saldo.js /usr/local/bin/saldo
USER node
VOLUME /var/lib/saldo
EXPOSE 3000
# For the gateway; the other commands listen nowhere and run with the check off.
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/saldo/apps/cli/bin/saldo.js"]
CMD ["gateway"]
