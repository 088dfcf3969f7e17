import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import { Icon, type IconName } from '../components/Icon';
import { setTheme, useThemeChoice, type ThemeChoice } from './theme';

const CHOICES: { id: ThemeChoice; label: string; icon: IconName }[] = [
  { id: 'auto', label: 'Theme of the system', icon: 'auto' },
  { id: 'light', label: 'Light theme', icon: 'sun' },
  { id: 'dark', label: 'Dark theme', icon: 'moon' },
];

export function ThemeToggle() {
  const choice = useThemeChoice();
  return (
    <ToggleButtonGroup
      className="segments"
      aria-label="Theme"
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[choice]}
      onSelectionChange={(keys) => {
        const [next] = keys;
        if (next !== undefined) setTheme(next as ThemeChoice);
      }}
    >
      {CHOICES.map(({ id, label, icon }) => (
        <ToggleButton key={id} id={id} className="segment" aria-label={label}>
          <Icon name={icon} />
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
