import type Joi from 'joi';
import type { Shape } from '../validation/fields.js';

/** The part of joi's own account of a schema that ours use. */
interface Described {
  readonly type?: string;
  readonly flags?: {
    readonly only?: boolean;
    readonly presence?: string;
    readonly default?: unknown;
    readonly unknown?: boolean;
  };
  readonly allow?: readonly unknown[];
  readonly metas?: readonly { readonly shape?: Shape }[];
  readonly rules?: readonly { readonly name: string; readonly args?: { readonly limit?: number } }[];
  readonly keys?: Readonly<Record<string, Described>>;
  readonly items?: readonly Described[];
  readonly dependencies?: readonly { readonly rel: string; readonly key?: string; readonly peers: readonly string[] }[];
}

/**
 * JSON Schema for a joi schema, from joi's own account of it, so that what is described is what is checked. A rule of
 * ours brings its shape along. Throws for anything that it couldn't say: no rule is left out silently.
 */
export function shapeOf(schema: Joi.Schema): Shape {
  return convert(schema.describe());
}

/** The members of an object's schema, each with its shape and whether it has to be there. */
export function membersOf(schema: Joi.ObjectSchema): { name: string; shape: Shape; isRequired: boolean }[] {
  const { keys = {} } = schema.describe() as Described;
  return Object.entries(keys).map(([name, described]) => ({
    name,
    shape: convert(described),
    isRequired: isRequired(described),
  }));
}

function isRequired({ flags }: Described): boolean {
  return flags?.presence === 'required';
}

function convert(described: Described): Shape {
  const { flags, metas } = described;
  const given = metas?.find((meta) => meta.shape !== undefined)?.shape;
  const shape = given ?? byType(described);
  return flags?.default === undefined ? shape : { ...shape, default: flags.default };
}

function byType(described: Described): Shape {
  const { type, flags, allow = [] } = described;
  if (flags?.only === true) return allow.length === 1 ? { const: allow[0] } : { enum: allow };
  switch (type) {
    case 'object':
      return objectOf(described);
    case 'array':
      return arrayOf(described);
    case 'number':
      return { type: isWhole(described) ? 'integer' : 'number', ...limits(described, 'minimum', 'maximum') };
    case 'string':
      return { type: 'string', ...limits(described, 'minLength', 'maxLength') };
    case 'boolean':
      return { type: 'boolean' };
    default:
      throw new Error(`there is no JSON Schema for ${JSON.stringify(described)}`);
  }
}

/** Where joi wants one of several members and not another, that is a schema for each of them. */
function objectOf(described: Described): Shape {
  const { keys = {}, dependencies = [] } = described;
  const exclusive = dependencies.find(({ rel }) => rel === 'xor')?.peers ?? [];
  if (exclusive.length === 0) return plainObjectOf(described);
  const variants = exclusive.map((chosen) => {
    const excluded = [...exclusive.filter((peer) => peer !== chosen), ...excludedBy(chosen, dependencies)];
    const kept = Object.entries(keys).filter(([name]) => !excluded.includes(name));
    return plainObjectOf({ ...described, keys: Object.fromEntries(kept) }, [chosen]);
  });
  return { oneOf: variants };
}

function excludedBy(chosen: string, dependencies: NonNullable<Described['dependencies']>): readonly string[] {
  return dependencies.filter(({ rel, key }) => rel === 'without' && key === chosen).flatMap(({ peers }) => peers);
}

function plainObjectOf({ keys = {}, flags }: Described, alsoRequired: readonly string[] = []): Shape {
  const names = Object.entries(keys);
  const required = names.filter(([name, described]) => isRequired(described) || alsoRequired.includes(name));
  return {
    type: 'object',
    properties: Object.fromEntries(names.map(([name, described]) => [name, convert(described)])),
    ...(required.length > 0 ? { required: required.map(([name]) => name) } : {}),
    ...(flags?.unknown === true ? {} : { additionalProperties: false }),
  };
}

function arrayOf(described: Described): Shape {
  const [item] = described.items ?? [];
  return {
    type: 'array',
    ...(item === undefined ? {} : { items: convert(item) }),
    ...limits(described, 'minItems', 'maxItems'),
  };
}

function isWhole({ rules = [] }: Described): boolean {
  return rules.some(({ name }) => name === 'integer');
}

function limits({ rules = [] }: Described, least: string, most: string): Shape {
  const names: Readonly<Record<string, string>> = { min: least, max: most };
  return Object.fromEntries(
    rules.flatMap(({ name, args }) => (names[name] === undefined ? [] : [[names[name], args?.limit]])),
  );
}
