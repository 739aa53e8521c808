package samples

import (
	"fmt"

	"latchkey/models"
	"latchkey/views"
)

// The people of Hollenbeck Logistics, the company of the demo.
const clara = "clara.jansen"

func id(n int) string { return fmt.Sprintf("019cadc6-9a80-7003-b994-%012x", n) }

var olga = views.Who{ID: id(1), Name: "olga.hollenbeck", Kind: models.SuperAdmin}
