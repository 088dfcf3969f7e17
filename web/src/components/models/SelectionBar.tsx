import { Link } from 'react-router';
import { Button } from '../Button';
import { formatInteger } from '../../lib/format';
import { to } from '../../lib/links';

const COMPARED_MAX = 10;

interface SelectionBarProps {
  selected: ReadonlySet<string>;
  project: string | undefined;
  onClear: () => void;
}

/** What can be done with the models that are ticked. */
export function SelectionBar({ selected, project, onClear }: SelectionBarProps) {
  const ids = [...selected];
  const count = ids.length;
  const isMany = count > COMPARED_MAX;
  return (
    <div className="selection-bar" role="group" aria-label="Selected models">
      <span role="status">
        {count === 0 && <span className="soft">Tick models to compare them</span>}
        {count > 0 && `${formatInteger(count)} selected`}
        {count === 1 && <span className="soft">: one more to compare</span>}
        {isMany && <span className="soft">: {COMPARED_MAX} at most are compared</span>}
      </span>
      <Action path={to.compare(ids, project)} isOn={count >= 2 && !isMany}>
        Compare
      </Action>
      {project !== undefined && (
        <Action path={to.pipelines(project, ids)} isOn={count >= 1 && !isMany}>
          Pipelines
        </Action>
      )}
      {count > 0 && (
        <Button size="small" variant="quiet" onPress={onClear}>
          Clear selection
        </Button>
      )}
    </div>
  );
}

/** A link where there is something to go to, so that it opens in a new tab like any other. */
function Action({ path, isOn, children }: { path: string; isOn: boolean; children: string }) {
  if (!isOn) {
    return (
      <Button size="small" isDisabled>
        {children}
      </Button>
    );
  }
  return (
    <Link className="button" data-size="small" data-variant="primary" to={path}>
      {children}
    </Link>
  );
}
