"""orebloc: who controls critical minerals, bloc by bloc, year by year, and how do we know."""
