package deletion

import (
	"testing"

	"github.com/assay-iot/assay/checks/checktest"
)

func TestInstructions(t *testing.T) {
	checktest.Run(t, Instructions)
}
