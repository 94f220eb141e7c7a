package facts

import "github.com/assay-iot/assay/checks/facts/elf/elftest"

// elfImage writes the programs of tests.
var elfImage = elftest.Image
