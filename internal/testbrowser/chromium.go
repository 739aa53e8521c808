// Package testbrowser leads tests through pages in Chromium, which the test process starts on first use.
package testbrowser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"latchkey/internal/testkit"
)

// startTimeout bounds the start of the browser.
const startTimeout = 60 * time.Second

// errNoChromium means that the machine has no Chromium we could start.
var errNoChromium = errors.New("no Chromium here")

var chromium = sync.OnceValues(startChromium)

// Browser is a page of a new user, without cookies or storage, in the one
// Chromium of this test process, which is started on the first call. The page
// is closed when the test ends. Where there is no Chromium the test is left
// out, see [testkit.Missing].
func Browser(tb testing.TB) *Page {
	tb.Helper()
	browser, err := chromium()
	if errors.Is(err, errNoChromium) {
		testkit.Missing(tb, "chromium", err.Error())
	}
	if err != nil {
		tb.Fatalf("starting Chromium: %v", err)
	}
	return openPage(browser, tb)
}

// startChromium starts the browser. The context it gives back must live as
// long as the browser; chromedp has the kernel kill the browser with us.
func startChromium() (context.Context, error) {
	path, err := chromiumPath()
	if err != nil {
		return nil, err
	}
	dir, err := testkit.Scratch("chromium")
	if err != nil {
		return nil, err
	}
	allocator, _ := chromedp.NewExecAllocator(context.Background(), chromiumOptions(path, dir)...)
	ctx, cancel := chromedp.NewContext(allocator)
	testkit.AtExit(func() { stopChromium(ctx, dir) })
	late := time.AfterFunc(startTimeout, cancel)
	defer late.Stop()
	return ctx, chromedp.Do(ctx)
}

// chromiumOptions keep the browser from everything but our pages. Its profile
// is ours to remove: chromedp's own stays behind when we are killed.
func chromiumOptions(path, dir string) []chromedp.ExecAllocatorOption {
	return append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.UserDataDir(dir),
		chromedp.NoSandbox,
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		// A name that is this machine and yet no "trustworthy" origin, as loopback addresses are.
		chromedp.Flag("host-resolver-rules", "MAP *.test 127.0.0.1"),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("lang", "en-US"),
		chromedp.WindowSize(1280, 800),
	)
}

// chromiumPath is the browser to start. Debian's chromium-headless-shell comes first: without a browser's own windows it needs
// less than half of the processor time.
func chromiumPath() (string, error) {
	if testkit.Hidden("chromium") {
		return "", fmt.Errorf("%w: hidden by %s", errNoChromium, testkit.WithoutEnv)
	}
	for _, name := range []string{"chromium-headless-shell", "/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w: neither /usr/bin/chromium nor in PATH", errNoChromium)
}

// stopChromium ends the browser in order. Its helpers may end a little later,
// and write into the profile meanwhile, so removing it may take a few attempts.
func stopChromium(browser context.Context, dir string) {
	ctx, cancel := context.WithTimeout(browser, 10*time.Second)
	defer cancel()
	chromedp.Cancel(ctx)
	for range 100 {
		if os.RemoveAll(dir) == nil {
			return
		}
	}
}
