package deletion

import (
	"testing"

	"github.com/assay-iot/assay/checks/checktest"
)

func TestConfirmation(t *testing.T) {
	checktest.Run(t, Confirmation)
}
