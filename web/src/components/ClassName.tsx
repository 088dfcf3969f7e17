import { shortClass } from '../lib/names';

/** A class by the last part of its name, with all of it in the title. */
export function ClassName({ of: name }: { of: string | null | undefined }) {
  if (name === null || name === undefined || name === '')
    return <span className="soft">unknown</span>;
  return <bdi title={name}>{shortClass(name)}</bdi>;
}
