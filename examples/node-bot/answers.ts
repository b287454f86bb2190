const HELP = "I know three words. help: this. echo <text>: the same again. roll [dice]: such as roll 2d6.";
const MOST_DICE = 100;

/**
 * What the bot has to say to a message; nothing to what is not for it.
 *
 * @param random - a number in [0, 1)
 */
export function answerTo(text: string, random: () => number = Math.random): string | undefined {
  const [, word = "", rest = ""] = /^\s*(\w+)\s*([^]*)$/.exec(text) ?? [];
  switch (word.toLowerCase()) {
    case "help":
      return HELP;
    case "echo":
      return rest.trim() || "(silence)";
    case "roll":
      return roll(rest.trim() || "1d6", random);
    default:
      return undefined;
  }
}

function roll(dice: string, random: () => number): string {
  const [, count = "", sides = ""] = /^(\d{0,3})d(\d{1,4})$/i.exec(dice) ?? [];
  const [number, faces] = [Number(count || 1), Number(sides)];
  if (faces < 1 || number < 1 || number > MOST_DICE) return `I cannot roll "${dice.slice(0, 20)}".`;
  const rolled = Array.from({ length: number }, () => 1 + Math.floor(random() * faces));
  const sum = rolled.reduce((total, each) => total + each, 0);
  return number === 1 ? `${sum}` : `${rolled.join(" + ")} = ${sum}`;
}
