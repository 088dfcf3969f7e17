import { useMemo } from 'react';
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import { Select } from '../../components/Select';
import { ColumnChooser } from './ColumnChooser';
import { groupOptions } from '../../query/fieldOptions';
import { sliceLabel, type Fields } from '../../query/fieldRef';
import { SearchBox } from '../../components/SearchBox';
import type { ViewState } from './useViewState';

const SCOPES = [
  { id: 'top', label: 'Top models', title: 'Models that were asked for, and the best of searches' },
  { id: 'all', label: 'All fits', title: 'Those inside pipelines and searches too' },
] as const;

interface ToolbarProps {
  view: ViewState;
  fields: Fields;
  visible: readonly string[];
}

export function Toolbar({ view, fields, visible }: ToolbarProps) {
  const groups = useMemo(() => groupOptions(fields.all), [fields]);
  const slices = useMemo(() => slicesOf(fields), [fields]);
  return (
    <div className="models-toolbar">
      <div className="toolbar-search">
        <SearchBox
          label="Search models"
          placeholder="Search ids, classes, runs, experiments"
          value={view.search}
          onChange={view.setSearch}
        />
      </div>
      <ToggleButtonGroup
        className="segments scope"
        aria-label="Which models"
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[view.scope]}
        onSelectionChange={(keys) => view.setScope(keys.has('all') ? 'all' : 'top')}
      >
        {SCOPES.map(({ id, label, title }) => (
          <ToggleButton key={id} id={id} className="segment">
            <span title={title}>{label}</span>
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      {(slices.length > 0 || view.slice !== '') && (
        <LabelledSelect
          label="Measured on"
          options={slices}
          value={view.slice === '' ? null : view.slice}
          placeholder="all rows"
          onChange={(slice) => view.setSlice(slice ?? '')}
        />
      )}
      <LabelledSelect
        label="Group by"
        options={groups}
        value={view.group === '' ? null : view.group}
        placeholder="nothing"
        onChange={(group) => view.setGroup(group ?? '')}
      />
      <ColumnChooser
        fields={fields}
        project={view.project}
        visible={visible}
        onChange={view.setChosen}
      />
    </div>
  );
}

interface LabelledSelectProps {
  label: string;
  options: { id: string; label: string }[];
  value: string | null;
  placeholder: string;
  onChange: (value: string | null) => void;
}

const NONE = '';

/** A select in a line with its label; its first option takes the choice away. */
function LabelledSelect({ label, options, value, placeholder, onChange }: LabelledSelectProps) {
  const all = useMemo(() => [{ id: NONE, label: placeholder }, ...options], [options, placeholder]);
  return (
    <div className="labelled-select">
      <span className="soft small" aria-hidden="true">
        {label}
      </span>
      <Select
        label={label}
        hideLabel
        options={all}
        value={value ?? NONE}
        onChange={(next) => onChange(next === NONE ? null : next)}
      />
    </div>
  );
}

function slicesOf(fields: Fields) {
  const slices = new Set(fields.all.flatMap((field) => field.slices));
  return [...slices].map((slice) => ({ id: slice, label: sliceLabel(slice) }));
}
