import { useMemo } from 'react';
import { Link } from 'react-router';
import { ClassName } from '../../components/ClassName';
import type { Column } from '../../components/table/columns';
import { DataTable } from '../../components/table/DataTable';
import { Value } from '../../components/Value';
import type { Stage } from '../../lib/alignPipelines';
import { to } from '../../lib/links';
import { toFinite } from '../../lib/numbers';
import { COLUMN_PARAMS, paramText, stageNumber, stageParams } from '../../lib/stages';
import { Section } from './Section';

const rowId = (stage: Stage) => stage.path;

/** The stages in short; the pipelines view has all of them. */
export function StagesSection(props: {
  stages: readonly Stage[];
  modelId: string;
  project: string;
}) {
  const { stages, modelId, project } = props;
  const columns = useMemo(() => toColumns(project), [project]);
  return (
    <Section
      id="pipeline"
      title="Pipeline"
      isFlush
      actions={<Link to={to.pipelines(project, [modelId])}>Stage by stage, with columns</Link>}
    >
      <DataTable
        label="Stages"
        columns={columns}
        rows={stages}
        rowId={rowId}
        maxHeight="50vh"
        empty={<p className="section-note soft">No stage was recorded.</p>}
      />
    </Section>
  );
}

function toColumns(project: string): Column<Stage>[] {
  return [
    {
      id: 'number',
      header: 'Stage',
      width: 70,
      value: (stage) => stageNumber(stage.path),
    },
    {
      id: 'class',
      header: 'Class',
      width: 200,
      value: (stage) => stage.class,
      cell: (stage) => <StageName stage={stage} project={project} />,
    },
    {
      id: 'params',
      header: 'Changed parameters',
      width: 320,
      isSortable: false,
      value: changedText,
    },
    {
      id: 'columns',
      header: 'Columns',
      description: 'How many go in and come out',
      width: 100,
      align: 'end',
      value: ({ input_columns, output_columns }) =>
        `${input_columns?.length ?? 0} → ${output_columns?.length ?? 0}`,
    },
    {
      id: 'time',
      header: 'Time to fit',
      width: 110,
      align: 'end',
      value: (stage) => toFinite(stage.duration_ms),
      cell: (stage) => <Value of={toFinite(stage.duration_ms)} kind="duration" />,
    },
  ];
}

function StageName({ stage, project }: { stage: Stage; project: string }) {
  const name = <ClassName of={stage.class} />;
  const { model_id } = stage;
  return (
    <span style={{ paddingInlineStart: stage.depth * 12 }}>
      {model_id ? <Link to={to.model(model_id, project)}>{name}</Link> : name}
    </span>
  );
}

function changedText(stage: Stage): string | undefined {
  const { changed } = stageParams(stage);
  const told = changed.filter(({ name }) => !COLUMN_PARAMS.has(name));
  if (told.length === 0) return undefined;
  return told.map(({ name, value }) => `${name} = ${paramText(value)}`).join(', ');
}
