/** A text with plain formatting, as a tree that a renderer walks through. It holds no markup and nothing that runs. */
export interface RichText {
  readonly blocks: readonly Block[];
}

export type Block = Paragraph | CodeBlock | Quote | List;

export interface Paragraph {
  readonly type: "paragraph";
  readonly children: readonly Inline[];
}

/** Shown as it stands. */
export interface CodeBlock {
  readonly type: "code-block";
  readonly text: string;
  /** What the writer says it is: letters, digits and `+#-_`, for colouring. */
  readonly language?: string;
}

export interface Quote {
  readonly type: "quote";
  readonly children: readonly Block[];
}

export interface List {
  readonly type: "list";
  readonly isOrdered: boolean;
  /** Of the first item, where they are numbered. */
  readonly start: number;
  readonly items: readonly (readonly Block[])[];
}

export type Inline = Text | Formatted | Code | Link | Mention | Hashtag | Break;

export interface Text {
  readonly type: "text";
  readonly text: string;
}

export interface Formatted {
  readonly type: "strong" | "emphasis" | "strike";
  readonly children: readonly Inline[];
}

export interface Code {
  readonly type: "code";
  readonly text: string;
}

export interface Link {
  readonly type: "link";
  /** `http:`, `https:` or `mailto:`, as the browser will open it. */
  readonly href: string;
  readonly children: readonly Inline[];
}

/** A person, or a group: everybody (`"here"`) or a role. */
export interface Mention {
  readonly type: "mention" | "group";
  readonly text: string;
  readonly value: string;
}

export interface Hashtag {
  readonly type: "hashtag";
  readonly text: string;
  readonly value: string;
}

export interface Break {
  readonly type: "break";
}
