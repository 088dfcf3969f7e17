import { useState } from 'react';
import { Form } from 'react-aria-components';
import { Link, useLocation } from 'react-router';
import { Button, IconButton } from '../../components/Button';
import { CopyButton } from '../../components/CopyButton';
import { Popover } from '../../components/Popover';
import { TextField } from '../../components/TextField';
import { searchOf, viewOf, withView, type SavedView } from '../../lib/savedViews';
import { readCharts, writeCharts } from './savedCharts';

export function SavedCharts({ project }: { project: string }) {
  return (
    <Popover
      label="Saved charts"
      trigger={
        <Button size="small" icon="chevron-down">
          Save or share
        </Button>
      }
    >
      {(close) => <Charts project={project} close={close} />}
    </Popover>
  );
}

function Charts({ project, close }: { project: string; close: () => void }) {
  const { search } = useLocation();
  const [charts, setCharts] = useState(() => readCharts(project, localStorage));
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string>();
  const here = viewOf(search);

  function keep(next: SavedView[]): boolean {
    const isKept = writeCharts(project, next, localStorage);
    setProblem(isKept ? undefined : 'This browser does not keep it: copy the link instead');
    if (isKept) setCharts(next);
    return isKept;
  }

  return (
    <div className="stack saved-charts">
      <div className="row">
        <CopyButton text={window.location.href} label="Copy the link to this chart" />
        <span>Copy the link to this chart</span>
      </div>
      {charts.length === 0 ? (
        <p className="soft">No chart of this project is saved in this browser.</p>
      ) : (
        <ul className="stack">
          {charts.map((chart) => (
            <li key={chart.name} className="saved-chart">
              <Link
                to={{ search: searchOf(chart, project) }}
                aria-current={chart.search === here ? 'true' : undefined}
                onClick={close}
              >
                <bdi>{chart.name}</bdi>
              </Link>
              <IconButton
                icon="cross"
                size="small"
                label={`Delete ${chart.name}`}
                onPress={() => keep(charts.filter((old) => old.name !== chart.name))}
              />
            </li>
          ))}
        </ul>
      )}
      <Form
        className="saved-chart"
        onSubmit={(event) => {
          event.preventDefault();
          const named = name.trim();
          if (named !== '' && keep(withView(charts, { name: named, search: here }))) setName('');
        }}
      >
        <TextField
          label="Save this chart as"
          value={name}
          onChange={setName}
          maxLength={100}
          {...(problem !== undefined && { error: problem })}
        />
        <Button type="submit" isDisabled={name.trim() === ''}>
          {charts.some((chart) => chart.name === name.trim()) ? 'Replace' : 'Save'}
        </Button>
      </Form>
    </div>
  );
}
