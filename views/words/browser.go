package words

import "strings"

// Tokens in a User-Agent header. Most browsers also name others, so the more specific tokens come first.
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

// Browser names the browser and system of a User-Agent header. An unknown one is shown as it is.
func (p Printer) Browser(userAgent string) string {
	name, system := find(browsers, userAgent), find(systems, userAgent)
	switch {
	case userAgent == "":
		return p.T("Unknown browser")
	case name == "":
		return userAgent
	case system == "":
		return name
	default:
		return p.T("{{.Browser}} on {{.System}}", "Browser", name, "System", system)
	}
}

func find(known []struct{ mark, name string }, userAgent string) string {
	for _, one := range known {
		if strings.Contains(userAgent, one.mark) {
			return one.name
		}
	}
	return ""
}
