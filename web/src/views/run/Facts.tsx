import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { Card } from '../../components/Card';
import { Code } from '../../components/Code';
import { Id } from '../../components/Id';
import { Value } from '../../components/Value';
import { formatInteger } from '../../lib/format';
import { to } from '../../lib/links';
import { shortId } from '../../lib/names';
import { framework } from '../runs/columns';
import type { Detail } from './types';

/** Who ran what where, with which code. */
export function Facts({ detail: { run, facts } }: { detail: Detail }) {
  const settings = Object.entries(facts?.settings ?? {});
  const tags = Object.entries(run.tags ?? {});
  return (
    <Card title="Run">
      <div className="stack">
        <dl className="facts">
          <dt>Id</dt>
          <dd>
            <Id of={run.run_id} canCopy what="the id" />
          </dd>
          <Fact name="Project">
            <Link to={to.runs(run.project)}>
              <bdi>{run.project}</bdi>
            </Link>
            {run.experiment && (
              <>
                , experiment <bdi>{run.experiment}</bdi>
              </>
            )}
          </Fact>
          {run.parent_run_id && (
            <Fact name="Started by">
              <Link to={to.run(run.parent_run_id, run.project)} title={run.parent_run_id}>
                run {shortId(run.parent_run_id)}
              </Link>
            </Fact>
          )}
          <Fact name="User">{run.user && <bdi>{run.user}</bdi>}</Fact>
          <Fact name="Host">{facts?.host && <bdi>{facts.host}</bdi>}</Fact>
          <Fact name="Framework">{framework(run)}</Fact>
          <Fact name="Code version">
            {run.code_version && <Id of={run.code_version} canCopy what="the code version" />}
          </Fact>
          <Fact name="Application">
            {facts?.application_id && <bdi>{facts.application_id}</bdi>}
          </Fact>
          <Fact name="Started">
            <Value of={run.started_at} kind="time" />
          </Fact>
          <Fact name="Spark">
            {run.jobs !== null && run.jobs !== undefined && (
              <>
                {formatInteger(run.jobs)} jobs, <Value of={run.executor_ms} kind="duration" /> on
                executors, <Value of={run.bytes_read} kind="bytes" /> read
              </>
            )}
          </Fact>
          {tags.length > 0 && (
            <Fact name="Tags">
              {tags.map(([key, value]) => (
                <div key={key}>
                  <bdi>{key}</bdi>: <bdi>{value}</bdi>
                </div>
              ))}
            </Fact>
          )}
        </dl>
        {facts?.command && <Code label="Command">{facts.command}</Code>}
        {settings.length > 0 && (
          <details className="settings">
            <summary>Settings ({formatInteger(settings.length)})</summary>
            <dl>
              {settings.map(([key, value]) => (
                <div key={key}>
                  <dt>
                    <bdi>{key}</bdi>
                  </dt>
                  <dd>
                    <bdi>{value}</bdi>
                  </dd>
                </div>
              ))}
            </dl>
          </details>
        )}
      </div>
    </Card>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  const isKnown =
    children !== null && children !== undefined && children !== '' && children !== false;
  return (
    <>
      <dt>{name}</dt>
      <dd>{isKnown ? children : <span className="soft">not known</span>}</dd>
    </>
  );
}
