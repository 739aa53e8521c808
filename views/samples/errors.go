package samples

import (
	"strconv"

	"latchkey/views"
)

// errorPages are shown to guests and to who is signed in, in their own frame.
func errorPages(given []views.ErrorPage) []Sample {
	var all []state[views.ErrorPage]
	for _, failed := range given {
		status := strconv.Itoa(failed.Status)
		failed.RequestID = id(0x404)
		all = append(all, state[views.ErrorPage]{"error-" + status, status + ", guest", failed})
		failed.Who = &olga
		all = append(all, state[views.ErrorPage]{"error-" + status + "-signed-in", status + ", SuperAdmin", failed})
	}
	return show("Errors", views.Error, all)
}
