import { useEffect, useRef, useState } from 'react';
import { Button } from '../../components/Button';
import { ProjectCard } from './ProjectCard';
import { counted, type Headline, type Project } from './projectList';

/** Cards that are made at once: a screen has a dozen, and somebody may have hundreds. */
const STEP = 24;
/** More are made before the end of the list is in sight. */
const AHEAD = '600px';

interface ProjectCardsProps {
  projects: readonly Project[];
  headlines: ReadonlyMap<string, Headline[]> | undefined;
  areHeadlinesPending: boolean;
  onArchived: (project: Project) => void;
}

export function ProjectCards(props: ProjectCardsProps) {
  const { projects, headlines, areHeadlinesPending, onArchived } = props;
  const [count, setCount] = useState(STEP);
  const end = useRef<HTMLDivElement>(null);
  const hidden = Math.max(0, projects.length - count);
  const hasMore = hidden > 0;

  useEffect(() => {
    const element = end.current;
    if (!element || !hasMore || !('IntersectionObserver' in window)) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setCount((old) => old + STEP);
      },
      { rootMargin: AHEAD },
    );
    observer.observe(element);
    return () => observer.disconnect();
    // Anew after each step: the end may still be in sight, which is no new crossing.
  }, [hasMore, count]);

  return (
    <>
      <ul className="project-cards">
        {projects.slice(0, count).map((project) => (
          <li key={project.project}>
            <ProjectCard
              project={project}
              headlines={headlines?.get(project.project) ?? []}
              areHeadlinesPending={areHeadlinesPending}
              onArchived={onArchived}
            />
          </li>
        ))}
      </ul>
      {hasMore && (
        <div ref={end} className="row">
          <Button onPress={() => setCount(count + STEP)}>
            Show more ({counted(hidden, 'project')} left)
          </Button>
        </div>
      )}
    </>
  );
}
