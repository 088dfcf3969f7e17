// A dataset's columns with what its sample and the models say of them.

import type { components } from '../../api/schema';
import { spreadOf, type Spread } from './histogram';
import type { Detail, Profile } from './types';

export interface ColumnRow {
  id: string;
  name: string;
  type: string | undefined;
  profile: Profile | undefined;
  spread: Spread | undefined;
  /** Models that learnt from it by this name; undefined where none did. */
  models: number | undefined;
}

export type ColumnUse = components['schemas']['ColumnUse'];

export function toColumnRows(detail: Detail, uses: readonly ColumnUse[]): ColumnRow[] {
  const profiles = new Map(detail.profile.map((profile) => [profile.column, profile]));
  const models = new Map(uses.map((use) => [use.column, use.models]));
  // A schema may be missing, or not say what a sample has.
  const declared = detail.dataset.columns ?? [];
  const columns =
    declared.length > 0 ? declared : detail.profile.map(({ column: name }) => ({ name }));
  return columns.map((column, i) => {
    const name = column.name ?? '';
    const profile = profiles.get(name);
    return {
      id: String(i),
      name,
      type: ('type' in column ? column.type : undefined) ?? undefined,
      profile,
      spread: profile && spreadOf(profile, detail.sample),
      models: models.get(name),
    };
  });
}
