import type { components } from '../../api/schema';

type Schemas = components['schemas'];

export type Detail = Schemas['RunDetail'];
export type RunFacts = Schemas['RunFacts'];
export type Operation = Schemas['Operation'];
export type Run = Schemas['Run'];

/** A number of the API; what is none counts as missing. */
export function finite(value: Schemas['Number'] | null | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
