/**
 * The shoppers' end of every kit page, inside the page: `replay.say` is a shopper, `replay.sent`
 * what the seller sent.
 */
const heard = [];
export const hub = (onShopper) => heard.push(onShopper);
export const reply = (text) => window.replay.sent.push(text);

window.replay = {
  sent: [],
  say: (text, from = "buyer1") => {
    for (const listener of heard) listener({ text, from });
  },
};
