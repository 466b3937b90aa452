import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect } from 'chai';

interface Media {
  readonly schema?: unknown;
}

interface DescribedAnswer {
  readonly content?: Readonly<Record<string, Media>>;
}

interface DescribedOperation {
  readonly responses: Readonly<Record<string, DescribedAnswer>>;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
}

export interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

/** An answer that a description is held to. */
export interface Answered {
  readonly status: number;
  readonly contentType: string | undefined;
  /** The JSON, or the text of anything else. */
  readonly body: unknown;
}

/** What `/openapi.json` says, to be held against what is answered. */
export class ApiDescription {
  readonly #document: OpenApi;
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });

  constructor(document: OpenApi) {
    this.#document = document;
    addFormats.default(this.#ajv);
    this.#ajv.addSchema(closed({ $id: 'api', components: document.components }) as object);
  }

  /** Every route as `get /v1/jobs/{id}`. */
  get routes(): string[] {
    return Object.entries(this.#document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${path}`),
    );
  }

  /** The route that a request meets: the one with the fewest parameters, where several fit. */
  routeOf(method: string, url: string): string {
    const { pathname } = new URL(url, 'http://localhost');
    const fitting = Object.keys(this.#document.paths)
      .filter((path) => new RegExp(`^${path.replaceAll(/\{[a-z_]+\}/g, '[^/]+')}$`).test(pathname))
      .filter((path) => this.#document.paths[path]?.[method.toLowerCase()] !== undefined)
      .sort((a, b) => a.split('{').length - b.split('{').length);
    const [path] = fitting;
    if (path === undefined) throw new Error(`${method} ${pathname} is not described`);
    return `${method.toLowerCase()} ${path}`;
  }

  /** The answer's status, media type and every member of it are described for this route. */
  expectDescribed(route: string, { status, contentType, body }: Answered): void {
    const [method = '', path = ''] = route.split(' ');
    const operation = this.#document.paths[path]?.[method];
    const answer = operation?.responses[status] ?? (status >= 400 ? operation?.responses['default'] : undefined);
    if (answer === undefined) throw new Error(`${route} is answered ${status}, which is not described`);
    if (answer.content === undefined) {
      expect(body, `${route} ${status} has no body`).to.equal(undefined);
      return;
    }
    const mediaType = contentType?.split(';')[0] ?? '';
    const media = answer.content[mediaType];
    if (media === undefined) throw new Error(`${route} is answered ${status} as ${mediaType}, which is not described`);
    const validate = this.#compile(media.schema);
    const isValid = validate(body);
    expect(isValid, `${route} ${status}: ${this.#ajv.errorsText(validate.errors)} in ${JSON.stringify(body)}`).to.equal(
      true,
    );
  }

  /** What a request may say is what is described: an example of it passes the schema. */
  validate(schema: unknown, value: unknown): string | undefined {
    const validate = this.#compile(schema);
    return validate(value) ? undefined : this.#ajv.errorsText(validate.errors);
  }

  #compile(schema: unknown): ValidateFunction {
    const text = JSON.stringify(closed(schema)).replaceAll('"#/components/', '"api#/components/');
    return this.#ajv.compile(JSON.parse(text) as object);
  }
}

/** The same schema with no member allowed that it doesn't name: an answer may not say more than is described. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inside = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  const isOpen = 'properties' in schema && !('additionalProperties' in schema) && 'type' in schema;
  return isOpen ? { ...inside, additionalProperties: false } : inside;
}
