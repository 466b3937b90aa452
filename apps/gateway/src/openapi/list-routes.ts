import type { Router } from 'express';

/** A router and the path that it is mounted at. */
export type Mount = readonly [prefix: string, router: Router];

/** Every route of the routers, as OpenAPI names it: `get /v1/jobs/{id}`. Throws for a router inside a router. */
export function listRoutes(mounts: readonly Mount[]): string[] {
  return mounts.flatMap(([prefix, router]) =>
    router.stack.flatMap(({ route, name }) => {
      if (route === undefined) {
        if (name === 'router') throw new Error(`a router inside another below ${prefix} would not be listed`);
        return [];
      }
      const path = `${prefix}${route.path}`.replaceAll(/:([a-z_]+)/g, '{$1}');
      return methodsOf(route).map((method) => `${method} ${path}`);
    }),
  );
}

function methodsOf(route: object): string[] {
  const methods = 'methods' in route ? route.methods : undefined;
  if (typeof methods !== 'object' || methods === null) throw new Error('Express tells of routes in another way now');
  return Object.keys(methods);
}
