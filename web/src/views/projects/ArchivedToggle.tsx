import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import { formatInteger } from '../../lib/format';
import type { Shown } from './projectList';

interface ArchivedToggleProps {
  shown: Shown;
  active: number;
  archived: number;
  onChange: (shown: Shown) => void;
}

export function ArchivedToggle({ shown, active, archived, onChange }: ArchivedToggleProps) {
  return (
    <ToggleButtonGroup
      className="segments shown-projects"
      aria-label="Which projects"
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[shown]}
      onSelectionChange={(keys) => onChange(keys.has('archived') ? 'archived' : 'active')}
    >
      <ToggleButton id="active" className="segment">
        Active <span className="soft">{formatInteger(active)}</span>
      </ToggleButton>
      <ToggleButton id="archived" className="segment">
        Archived <span className="soft">{formatInteger(archived)}</span>
      </ToggleButton>
    </ToggleButtonGroup>
  );
}
