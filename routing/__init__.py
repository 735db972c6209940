"""Response times: how long road, foot and air take from each base to each place."""
