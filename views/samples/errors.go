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

// misdirected has no signed-in visitor: nobody is looked for under an unknown host.
func misdirected(frame views.Frame) []Sample {
	frame.Title = frame.T("Unknown host")
	page := views.MisdirectedPage{
		Frame: frame, Base: "https://accounts.example.org", Host: "127.0.0.1:8080", RequestID: id(0x421),
		Proxies: []views.Option{{Value: "proxy_set_header Host $host;", Label: "nginx"}, {Value: "ProxyPreserveHost On", Label: "Apache"}},
	}
	nameless := page
	nameless.Host = ""
	return show("Errors", views.Misdirected, []state[views.MisdirectedPage]{
		{"error-421", "421, unknown host", page}, {"error-421-no-host", "421, no host", nameless},
	})
}
