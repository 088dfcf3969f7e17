import type { ReactNode } from 'react';
import { Notes } from '../../components/Notes';
import { shortClass } from '../../lib/names';
import { isClassifier } from '../../lib/scored';
import { ArtifactsSection } from './ArtifactsSection';
import { AttributesSection } from './AttributesSection';
import { CandidatesSection } from './CandidatesSection';
import { CurveSection } from './CurveSection';
import { EvaluationSection } from './evaluation/EvaluationSection';
import { namer } from './family';
import { FeaturesSection } from './FeaturesSection';
import { InsideSection } from './InsideSection';
import { curvesOf } from './learningCurves';
import { LineageSection } from './LineageSection';
import { MetricsSection } from './MetricsSection';
import { ParamsSection } from './ParamsSection';
import type { SectionLink } from './SectionNav';
import { StagesSection } from './StagesSection';
import { TreesSection } from './TreesSection';
import type { ModelDetail } from './useModel';

export interface ModelSection extends SectionLink {
  content: ReactNode;
}

/** The parts that there is something to say of; what is empty without a reason is left out. */
export function sectionsOf(detail: ModelDetail, search: ModelDetail | undefined): ModelSection[] {
  const { model, stages, params, metrics, inside, artifacts, ancestry } = detail;
  const { model_id: modelId, project } = model;
  // Of a pipeline that ends in a search, the search knows what was learnt.
  const learnt = detail.features.length === 0 && search ? search : detail;
  const trees = detail.trees_of ? detail : search;
  const tried = detail.candidates.length > 0 ? detail : search;
  const told = detail.history.length > 0 ? detail : (search ?? detail);
  const problem = model.problem_type ?? search?.model.problem_type ?? '';
  const nameOf = (id: string) => shortClass(namer(told)(id));
  const isAsked = model.role === 'top' || model.role === 'best';

  const sections: ([string, string, ReactNode] | false)[] = [
    // What only prepares columns is never measured.
    (metrics.length > 0 || problem !== '' || isAsked) && [
      'metrics',
      'Metrics',
      <MetricsSection metrics={metrics} project={project} />,
    ],
    params.length > 0 && ['params', 'Parameters', <ParamsSection params={params} />],
    (model.kind === 'pipeline' || stages.length > 1) && [
      'pipeline',
      'Pipeline',
      <StagesSection stages={stages} modelId={modelId} project={project} />,
    ],
    tried !== undefined &&
      tried.candidates.length > 0 && [
        'candidates',
        'Search',
        <CandidatesSection
          candidates={tried.candidates}
          of={tried === detail ? undefined : tried.model.model_id}
          project={project}
        />,
      ],
    curvesOf(told.history, nameOf).length > 0 && [
      'curve',
      'Learning curve',
      <CurveSection history={told.history} nameOf={nameOf} />,
    ],
    learnt.features.length > 0 && [
      'features',
      'Features',
      <FeaturesSection
        features={learnt.features}
        of={learnt.features_of ?? undefined}
        modelId={modelId}
        project={project}
      />,
    ],
    trees?.trees_of != null && [
      'trees',
      trees.trees === 1 ? 'Tree' : 'Trees',
      <TreesSection
        of={trees.trees_of}
        count={trees.trees}
        modelId={modelId}
        project={project}
        isClassifier={isClassifier(problem)}
      />,
    ],
    ['binary', 'multiclass', 'regression', 'clustering'].includes(problem) && [
      'evaluation',
      isClassifier(problem)
        ? 'Confusion and ROC'
        : problem === 'regression'
          ? 'Residuals'
          : 'Clusters',
      <EvaluationSection
        modelId={modelId}
        search={search?.model.model_id}
        project={project}
        problem={problem}
      />,
    ],
    inside.length > 0 && [
      'inside',
      'Fits inside',
      <InsideSection inside={inside} project={project} />,
    ],
    ancestry.length > 1 && [
      'lineage',
      'Lineage',
      <LineageSection ancestry={ancestry} project={project} />,
    ],
    (isAsked || artifacts.length > 0) && [
      'artifacts',
      'Saved and loaded',
      <ArtifactsSection artifacts={artifacts} modelClass={model.model_class} />,
    ],
    [
      'notes',
      'Notes',
      <div id="notes" className="model-section">
        <Notes notes={detail.notes} kind="model" id={modelId} />
      </div>,
    ],
    [
      'attributes',
      'Attributes',
      <AttributesSection attributes={detail.attributes} modelId={modelId} />,
    ],
  ];
  return sections
    .filter((section) => section !== false)
    .map(([id, label, content]) => ({ id, label, content: <div key={id}>{content}</div> }));
}
