"""The picture of curve.json: time against the number of samples, both logarithmic."""
import os

WIDTH, HEIGHT = 7.2, 6.4  # inches, so that text of 9 points is legible on half a page
# By key of the method; those of another Python's releases have the colour of the system's.
COLOURS = {"ours": "#b2182b", "float32": "#ef8a62", "4": "#d6604d", "3": "#7b3294",
           "2": "#c2a5cf", "authors": "#1b7837", "faiss": "#2166ac", "sklearn": "#8c6d1f",
           "scipy": "#666666"}
MARKERS = {"ours": "o", "float32": "s", "4": "P", "3": "D", "2": "v", "authors": "^",
           "faiss": "X", "sklearn": "p", "scipy": "*"}
PLAIN = {"svg.hashsalt": "liblatent", "svg.fonttype": "path", "font.size": 9}


def _draw_line(axes, line):
    counts = [point["count"] for point in line["points"]]
    times = [point["best"] for point in line["points"]]
    key = line["key"].split(" ")[0]
    newer = line["key"].endswith(" 2")
    label = line["name"]
    if line["stopped"]:
        label += "; {:,} would take {}".format(line["stopped"]["count"], line["stopped"]["why"])
    axes.plot(counts, times, color=COLOURS.get(key, "black"), marker=MARKERS.get(key, "."),
              markersize=5, linewidth=2 if key == "ours" else 1.2, label=label,
              linestyle="--" if newer else "-", zorder=3 if key == "ours" else 2)


def _draw_guide(axes, lines):
    """A slope of 2 below the fastest method's last point."""
    counts = sorted({point["count"] for line in lines for point in line["points"]})
    last = min((point["best"] / (point["count"] / counts[-1])**2 for line in lines
                for point in line["points"][-1:]))
    guide = [last / 2 * (count / counts[-1])**2 for count in counts]
    axes.plot(counts, guide, color="#999999", linestyle=":", linewidth=1.2, label="slope 2: ∝ N²")


def _seconds(value, _position=None):
    """1 ms, 10 ms, 0.1 s, 1 s …"""
    return "%g ms" % (1e3 * value) if value < 0.1 else "%g s" % value


def draw(found, path):
    """Writes the picture; its kind goes by the path's ending."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot, ticker

    with pyplot.rc_context(PLAIN):
        figure, axes = pyplot.subplots(figsize=(WIDTH, HEIGHT), layout="constrained")
        lines = sorted((line for line in found["lines"] if line["points"]),
                       key=lambda line: -line["points"][-1]["best"] /
                       line["points"][-1]["count"]**2)
        for line in lines:
            _draw_line(axes, line)
        _draw_guide(axes, lines)
        axes.set_xscale("log")
        axes.set_yscale("log")
        counts = sorted({point["count"] for line in lines for point in line["points"]})
        axes.xaxis.set_major_locator(ticker.FixedLocator(counts))
        axes.xaxis.set_major_formatter(ticker.FuncFormatter(lambda n, _: "{:,.0f}".format(n)))
        axes.xaxis.set_minor_locator(ticker.NullLocator())
        axes.yaxis.set_major_formatter(ticker.FuncFormatter(_seconds))
        axes.grid(True, which="major", color="#dddddd", linewidth=0.6)
        axes.set_xlabel("samples N (Fashion-MNIST, %d features)" % found["columns"])
        axes.set_ylabel("time of k* of all samples, best of %d" % found["runs"])
        axes.set_title("k* of N samples: %s, %d threads" % (found["machine"]["cpu"],
                                                            found["threads"]), fontsize=9)
        axes.legend(loc="upper left", bbox_to_anchor=(0, -0.13), fontsize=8, frameon=False,
                    borderaxespad=0, handlelength=3)
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        figure.savefig(path, metadata={"Date": None} if path.endswith(".svg") else None)
        pyplot.close(figure)
