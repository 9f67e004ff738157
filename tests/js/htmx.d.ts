// What htmx tells in its events, as far as the scripts read it.

interface HtmxAnswer {
  xhr: XMLHttpRequest;
  requestConfig: { path: string; verb: string };
}

interface HtmxSwap extends HtmxAnswer {
  requestConfig: { path: string; verb: string; elt: Element };
  target: HTMLElement;
  serverResponse: string;
  shouldSwap: boolean;
}

interface HtmxPartSwap {
  target: HTMLElement;
  fragment: DocumentFragment;
  shouldSwap: boolean;
}

interface GlobalEventHandlersEventMap {
  "htmx:afterRequest": CustomEvent<HtmxAnswer>;
  "htmx:beforeOnLoad": CustomEvent<HtmxAnswer>;
  "htmx:beforeSwap": CustomEvent<HtmxSwap>;
  "htmx:configRequest": CustomEvent<{ headers: Record<string, string> }>;
  "htmx:oobBeforeSwap": CustomEvent<HtmxPartSwap>;
  "htmx:responseError": CustomEvent<HtmxAnswer>;
}

interface Window {
  htmx: {
    process(element: Element): void;
    trigger(element: Element, name: string): void;
  };
}
