import type { ShownAlert } from '../feed-message.ts';
import { browser, byId } from './browser.ts';
import type { PageElement } from './browser.ts';
import { formatTime } from './format.ts';

/** Shows the alerts that are raised; the list is changed, and so announced, only when they are others. */
export function createAlertList(): (alerts: readonly ShownAlert[] | null) => void {
  const list = byId('alerts');
  let shown = '';
  return (alerts) => {
    const text = JSON.stringify(alerts);
    if (text === shown) return;
    shown = text;
    list.replaceChildren(...itemsOf(alerts));
  };
}

function itemsOf(alerts: readonly ShownAlert[] | null): PageElement[] {
  if (alerts === null) return [item('none', 'Monitoring is switched off: nobody watches the limits.')];
  return alerts.length === 0 ? [item('none', '✓ No alert is raised.')] : alerts.map(alertItem);
}

function alertItem({ rule, message, at }: ShownAlert): PageElement {
  const element = item('raised', '');
  const name = browser.document.createElement('strong');
  name.textContent = `✕ ${rule}`;
  const text = browser.document.createElement('span');
  text.textContent = ` ${message}, since ${formatTime(Date.parse(at))}`;
  element.append(name, text);
  return element;
}

function item(state: string, text: string): PageElement {
  const element = browser.document.createElement('li');
  element.className = state;
  element.textContent = text;
  return element;
}
