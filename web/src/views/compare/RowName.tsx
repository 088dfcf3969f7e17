import { Fragment } from 'react';
import { Truncated } from '../../components/Truncated';

const WRAPPED = 100;

/** A name in as many lines as it takes; one that is far too long in a single one. */
export function RowName({ name }: { name: string }) {
  if (name.length > WRAPPED) return <Truncated>{name}</Truncated>;
  return (
    <bdi title={name}>
      {wordsOf(name).map((word, i) => (
        <Fragment key={i}>
          {i > 0 && <wbr />}
          {word}
        </Fragment>
      ))}
    </bdi>
  );
}

/** Where a name may go on in the next line: `areaUnder` and `ROC`, not `areaUnderR` and `OC`. */
export function wordsOf(name: string): string[] {
  return name.split(/(?<=\p{Ll})(?=\p{Lu})|(?<=[_./:=-])/u);
}
