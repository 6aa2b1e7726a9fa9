"""What ranks a script: evidence, its fusion into one score, what agents accepted before."""
