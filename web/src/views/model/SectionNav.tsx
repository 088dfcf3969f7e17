import { useEffect, useState } from 'react';

export interface SectionLink {
  id: string;
  label: string;
}

/** Links to the sections that there are; the one on the screen is marked. */
export function SectionNav({ sections }: { sections: readonly SectionLink[] }) {
  const [current, setCurrent] = useState(sections[0]?.id);
  const ids = sections.map(({ id }) => id).join(' ');
  useEffect(() => {
    const visible = new Set<string>();
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (isIntersecting) visible.add(target.id);
          else visible.delete(target.id);
        }
        const first = ids.split(' ').find((id) => visible.has(id));
        if (first !== undefined) setCurrent(first);
      },
      // What counts is what is below the header and not at the very bottom.
      { rootMargin: '-110px 0px -50% 0px' },
    );
    for (const id of ids.split(' ')) {
      const element = document.getElementById(id);
      if (element) observer.observe(element);
    }
    return () => observer.disconnect();
  }, [ids]);

  return (
    <nav className="section-nav" aria-label="Sections">
      {sections.map(({ id, label }) => (
        <a key={id} href={`#${id}`} aria-current={id === current ? 'true' : undefined}>
          {label}
        </a>
      ))}
    </nav>
  );
}
