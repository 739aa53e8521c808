// Package testbrowser opens pages in Chromium, which the test process starts on first use.
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

// Browser opens a page of a new user, without cookies or storage, until the end of the test. Without Chromium the test is
// skipped, see [testkit.Missing].
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

// startChromium starts the browser. The returned context must live as long as the browser, which the kernel kills with us.
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

// chromiumOptions uses our own directory for the profile, since chromedp's stays behind if we are killed.
func chromiumOptions(path, dir string) []chromedp.ExecAllocatorOption {
	return append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.UserDataDir(dir),
		chromedp.NoSandbox,
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		// Names of this machine that are not "trustworthy" origins, unlike loopback addresses.
		chromedp.Flag("host-resolver-rules", "MAP *.test 127.0.0.1"),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("lang", "en-US"),
		chromedp.WindowSize(1280, 800),
	)
}

// chromiumPath prefers Debian's chromium-headless-shell, which needs less than half of the processor time.
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

// stopChromium ends the browser. Its helper processes may still write into the profile, so removing it may take a few attempts.
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
