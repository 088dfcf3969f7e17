import type { FieldInfo } from './fieldRef';

/** A field for tests: its group and kind go by its id. */
export const field = (id: string, more: Partial<FieldInfo> = {}): FieldInfo => ({
  id,
  label: id.replace(/^\w+:/, ''),
  group: id.startsWith('metric:') ? 'metric' : id.startsWith('param:') ? 'parameter' : 'model',
  kind: id.startsWith('metric:') ? 'number' : 'text',
  slices: [],
  ...more,
});
