package samples

import (
	"strconv"

	"latchkey/views"
)

// errorPages are shown to guests and to who is signed in, in their own frame.
func errorPages(f views.Frame, given []views.ErrorPage) (all []Sample) {
	const page = "Errors"
	for _, failed := range given {
		status := strconv.Itoa(failed.Status)
		failed.RequestID = id(0x404)
		all = append(all, Sample{"error-" + status, page, status + ", guest", views.Error(failed)})
		failed.Who = &olga
		all = append(all, Sample{"error-" + status + "-signed-in", page, status + ", SuperAdmin", views.Error(failed)})
	}
	return all
}
