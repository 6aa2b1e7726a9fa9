"""Judging what agents write and what shoppers send: folding, rules, judge, findings."""
