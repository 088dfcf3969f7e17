// What was not captured, in plain words. The reasons are those of docs/spark.md.

const MODES: Record<string, string> = {
  agent: 'Everything: fits, transforms, evaluations, searches, saves.',
  events:
    "Only what Spark's own events tell: pipelines of the JVM and their stages. No fits outside a pipeline, no evaluations, no searches, nothing of PySpark.",
};

/** What the mode of a run lets ModelDB see. */
export function modeText(mode: string | null | undefined): string | undefined {
  return mode ? (MODES[mode] ?? mode) : undefined;
}

const REASONS: Record<string, string> = {
  queue_full: 'Events were dropped: the queue was full',
  event_too_large: 'Events were dropped: too large',
  event_not_built: 'Events were dropped: they could not be made',
  refused: 'Events were refused by the agent; a warning in its log says why',
  hook_error: 'A hook failed: calls may be missing or incomplete',
  component_not_read: 'Components failed when they were asked for their parameters',
  candidates_not_read: 'The candidates of a search could not be read',
  plan_too_large: 'Plans of datasets were too large: lineage may be missing',
  plan_not_read: 'Plans of datasets could not be read: lineage may be missing',
  learnt_not_read: 'What a model learnt could not be read',
  learnt_cut_off: 'What a model learnt is not whole',
  learnt_model_gone: 'The model was gone before what it learnt was read',
  summary_not_known: 'Values of a summary whose model is not known',
  artifact_not_copied: 'The files of saved models stayed where they are',
  too_many_open: 'More operations were open at once than are kept track of',
  work_not_counted: 'Operations whose Spark work was not counted',
  run_not_described: "The run's own description could not be made",
  sample_not_cheap: 'Datasets were not sampled: it would have cost too much',
  sample_streaming: 'Datasets were not sampled: they are streams',
  sample_gave_way: 'Samples gave way to jobs of the program',
  sample_timeout: 'Samples took too long',
  sample_failed: 'Samples could not be computed',
  sample_over_budget: 'Samples were put off until the run had ended',
  sample_not_apart: "Samples could not be kept apart from the program's own counters",
  sample_queue_full: 'Datasets were not sampled: too many waited already',
  sample_cut_off: 'The program ended before samples were taken',
  sample_column_left_out:
    'Columns were left out of samples: too wide, or of a kind that has no copy',
  sample_rows_cut: 'Samples have fewer rows than the settings say',
};

export interface Missed {
  reason: string;
  text: string;
  count: number;
}

/** What was not captured and how often, the most frequent first. */
export function missedOf(counts: Record<string, unknown> | null | undefined): Missed[] {
  return Object.entries(counts ?? {})
    .map(([reason, count]) => ({ reason, text: reasonText(reason), count: Number(count) }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
}

function reasonText(reason: string): string {
  const unseen = /^unseen:(.+)$/.exec(reason)?.[1];
  if (unseen !== undefined) return `${unseen} ran and was not seen`;
  return REASONS[reason] ?? reason.replaceAll('_', ' ');
}
