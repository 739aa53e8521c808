package views

import "strings"

// How browsers and systems are found in what a browser says of itself, the particular ones first: most claim to be others.
var (
	browsers = []struct{ mark, name string }{
		{"Edg/", "Edge"}, {"EdgA/", "Edge"}, {"EdgiOS/", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"},
		{"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chromium/", "Chromium"}, {"Chrome/", "Chrome"},
		{"Safari/", "Safari"}, {"curl/", "curl"},
	}
	systems = []struct{ mark, name string }{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"CrOS", "ChromeOS"},
		{"Mac OS X", "macOS"}, {"Linux", "Linux"},
	}
)

// browser names the browser and the system for people; what is not known is shown as it is.
func (f Frame) browser(userAgent string) string {
	name, system := find(browsers, userAgent), find(systems, userAgent)
	switch {
	case userAgent == "":
		return f.T("Unknown browser")
	case name == "":
		return userAgent
	case system == "":
		return name
	default:
		return f.T("{{.Browser}} on {{.System}}", "Browser", name, "System", system)
	}
}

func find(known []struct{ mark, name string }, text string) string {
	for _, one := range known {
		if strings.Contains(text, one.mark) {
			return one.name
		}
	}
	return ""
}
