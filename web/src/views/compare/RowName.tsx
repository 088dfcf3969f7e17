import { Truncated } from '../../components/Truncated';

const WRAPPED = 100;

/** A name in as many lines as it takes; one that is far too long in a single one. */
export function RowName({ name }: { name: string }) {
  if (name.length > WRAPPED) return <Truncated>{name}</Truncated>;
  return <bdi title={name}>{name}</bdi>;
}
