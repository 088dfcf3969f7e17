import type { components } from '../../api/schema';
import { Status } from '../../components/Badge';
import { ClassName } from '../../components/ClassName';
import { Code } from '../../components/Code';
import { CopyButton } from '../../components/CopyButton';
import { Id } from '../../components/Id';
import { Tabs } from '../../components/Tabs';
import { cut, Truncated } from '../../components/Truncated';
import { Value } from '../../components/Value';
import { loadCode } from './loadCode';
import { Section } from './Section';

type Artifact = components['schemas']['Artifact'];

interface ArtifactsSectionProps {
  artifacts: readonly Artifact[];
  modelClass: string | null | undefined;
}

/** Where the model was saved, and how to load it. */
export function ArtifactsSection({ artifacts, modelClass }: ArtifactsSectionProps) {
  return (
    <Section id="artifacts" title="Saved and loaded">
      {artifacts.length === 0 ? (
        <div className="stack">
          <p className="soft">
            This model was not saved. Save it in the job, and its place and how to load it appear
            here:
          </p>
          <Code label="How to save the model">{'model.write().overwrite().save("…")'}</Code>
        </div>
      ) : (
        <ul className="stack">
          {artifacts.map((artifact) => (
            <li key={artifact.artifact_id} className="stack artifact">
              <Saved artifact={artifact} />
              {artifact.uri && <Load artifact={artifact} modelClass={modelClass} />}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Saved({ artifact }: { artifact: Artifact }) {
  const { uri, status, bytes, saved_at, sha256, format } = artifact;
  return (
    <dl className="facts">
      <dt>Where</dt>
      <dd className="with-copy">
        <code>
          <Truncated>{uri ?? 'not recorded'}</Truncated>
        </code>
        {uri && <CopyButton text={uri} label="Copy the path" />}
      </dd>
      <dt>Saved</dt>
      <dd className="row">
        <Value of={saved_at} kind="time" />
        {status && status !== 'finished' && <Status status={status} />}
        {typeof bytes === 'number' && <Value of={bytes} kind="bytes" />}
        {format && <span className="soft">{format}</span>}
      </dd>
      {artifact.class && (
        <>
          <dt>Class</dt>
          <dd>
            <ClassName of={artifact.class} />
          </dd>
        </>
      )}
      {sha256 && (
        <>
          <dt>SHA-256</dt>
          <dd>
            <Id of={sha256} canCopy what="SHA-256" />
          </dd>
        </>
      )}
    </dl>
  );
}

function Load(props: { artifact: Artifact; modelClass: string | null | undefined }) {
  const { artifact, modelClass } = props;
  const format = artifact.format ?? '';
  if (/pmml/i.test(format)) {
    return <p className="soft">PMML is for other programs: Spark cannot load it again.</p>;
  }
  const place = cut(artifact.uri ?? '', 200);
  const code = loadCode(artifact.class ?? modelClass, artifact.uri ?? '');
  return (
    <Tabs
      label={`How to load it from ${place}`}
      items={[
        {
          id: 'python',
          label: 'PySpark',
          content: <Code label={`Load in PySpark from ${place}`}>{code.python}</Code>,
        },
        {
          id: 'scala',
          label: 'Scala',
          content: <Code label={`Load in Scala from ${place}`}>{code.scala}</Code>,
        },
      ]}
    />
  );
}
