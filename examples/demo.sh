#!/bin/sh
# What the programs tell about the images of Fashion-MNIST: as pixels, and as a small network sees them.
# usage: examples/demo.sh BUILD_DIR
set -eu

build=${1:?usage: examples/demo.sh BUILD_DIR}
here=$(dirname "$0")
data=${FASHION_MNIST:-/usr/share/datasets/fashion-mnist}

for file in train-images-idx3-ubyte.gz train-labels-idx1-ubyte.gz \
            t10k-images-idx3-ubyte.gz t10k-labels-idx1-ubyte.gz; do
    if [ ! -r "$data/$file" ]; then
        echo "demo: $data/$file is missing." >&2
        echo "demo: It is in Debian's package dataset-fashion-mnist; ./bootstrap installs that." >&2
        exit 2
    fi
done

images=$data/train-images-idx3-ubyte.gz,$data/t10k-images-idx3-ubyte.gz
mkdir -p "$build/demo"

"$build/bin/latent-kstar" "$images" \
    "$data/train-labels-idx1-ubyte.gz,$data/t10k-labels-idx1-ubyte.gz" \
    --names "$here/fashion-mnist.names" \
    --json "$build/demo/kstar.json" \
    --plot "$build/demo/kstar.svg"

cat <<TEXT

What you see
  Each image is a point with 784 features, its pixels, and its concept is the kind of clothing. For
  every image, k* is the rank of the nearest image of another kind, here among all 70,000, found
  exactly. Divided by the concept's size n_c it lies between 0 and 1, and a row shows how it is
  distributed: the histogram, its mean, its standard deviation and its skewness, gamma.

  Values at the right end (gamma below -0.5, clustered): most images have their whole concept nearer
  than anything else. Values at the left end (gamma above 0.5, fractured): most images soon meet
  another kind, so the concept lies in pieces between the others. In between: overlapped.

  On raw pixels no kind is clustered. Trousers keep together best: on average some 1,400 of them are
  nearer to one another than the first image of another kind. Coats, pullovers and shirts lie among
  each other: there it takes about ten. A network's embedding of the same images should move the
  rows to the right and lower the coefficients.

TEXT

# No pixel is over 255, so magnitude 256 leaves out a criterion that is meant for activations.
"$build/bin/latent-moments" "$images" \
    --magnitude 256 \
    --json "$build/demo/moments.json" \
    --plot "$build/demo/moments.svg"

cat <<TEXT

What you see
  For every image, skewness and kurtosis of its 784 pixel values. Kurtosis says how much single
  values stand out: 3 for Gaussian values, 1 for a picture that is half black and half white. Here
  it is 2.75 on average and rarely over 8: pixels have no values that dwarf the others. The largest
  belong to images with a few bright pixels on black.

  Activations of a network can be another matter: robust encoders, and large transformers, have a
  few features whose values are many times those of the others, in nearly every sample. These raise
  the kurtosis, up to about the number of features, and are listed as outlier features. No pixel
  position is one: none has ten times the mean value of the median position, or lies six
  standard deviations from its image's mean in over 6 % of the images.

TEXT

# The 10,000 test images, which the network has not seen in training.
test_images=$data/t10k-images-idx3-ubyte.gz
test_labels=$data/t10k-labels-idx1-ubyte.gz
model=$here/fashion-vit.safetensors
latents=$build/demo/latents.npy
coefficient() { awk '$1 == "\"gamma\":" { printf "%.2f", $2 }' "$1"; }

echo "A Vision Transformer of 139,000 weights turns the 10,000 test images into vectors of 64 numbers ..."
echo
"$build/bin/vit_latents" "$model" "$test_images" --latents "$latents"
"$build/bin/latent-kstar" "$test_images" "$test_labels" --json - > "$build/demo/kstar-test.json"
"$build/bin/latent-kstar" "$latents" "$test_labels" \
    --names "$here/fashion-mnist.names" \
    --json "$build/demo/kstar-latents.json" \
    --plot "$build/demo/kstar-latents.svg"
echo
"$build/bin/latent-moments" "$latents" \
    --json "$build/demo/moments-latents.json" \
    --plot "$build/demo/moments-latents.svg"
echo
"$build/bin/latent-directions" "$model" "$latents" \
    --head-tensor head.weight --bias-tensor head.bias --labels "$test_labels" \
    --curve "$build/demo/pruning.csv" \
    --json "$build/demo/directions.json" \
    --plot "$build/demo/directions.svg"

cat <<TEXT

What you see
  The same images, as the network's last layer sees them before it decides. The rows moved to the
  right: trousers, bags and sandals are now mostly among their own kind. The coefficient Gamma of
  these 10,000 images is $(coefficient "$build/demo/kstar-latents.json"); that of their pixels is $(coefficient "$build/demo/kstar-test.json"). Shirts, coats and pullovers still lie
  among each other, and those are what the network confuses.

  The kurtosis of the latent vectors is 3.5 on average: no outlier features. This network is small
  and was trained on one data set.

  Its head has ten classes, so ten directions, and needs nearly all of them: ten classes cannot be
  told apart along two directions. Heads of hundreds of classes are where most can be cut.

TEXT

# Concepts: the classes, groups of them, and what can be measured of the pixels.
concepts=$build/demo/concepts.npy
names=$build/demo/concepts.names
# unique FILE: how many concepts are encoded.
unique() { awk '$1 == "\"unique_concepts\":" && !seen++ { printf "%d", $2 }' "$1"; }
# ap FILE NAME: the best AP of a concept.
ap() {
    awk -F'"' -v name="$2" '/"name":/ { it = $4 == name }
                            it && /"ap":/ { sub(/.*: /, ""); printf "%.2f", $0 }' "$1"
}
# above FILE: the concepts with an AP above 0.8, sorted.
above() {
    awk -F'"' '/"name":/ { name = $4 }
               /"ap":/ { sub(/.*: /, ""); if ($0 + 0 > 0.8) print name }' "$1" | LC_ALL=C sort
}
count() { wc -l < "$1" | tr -d ' '; }
# listed FILE: its lines, separated by commas.
listed() {
    awk 'length(text) + length($0) > 90 { print "    " text ","; text = "" }
         { text = text (text == "" ? "" : ", ") $0 }
         END { if (text != "") print "    " text }' "$1"
}

echo "Which concepts do the test images show?"
echo
"$build/bin/fashion_concepts" "$test_images" "$test_labels" --concepts "$concepts" --names "$names"
for space in latents pixels; do
    echo
    points=$latents
    [ "$space" = latents ] || points=$test_images
    "$build/bin/latent-concepts" "$points" "$concepts" --names "$names" \
        --json "$build/demo/concepts-$space.json" \
        --plot "$build/demo/concepts-$space.svg"
    above "$build/demo/concepts-$space.json" > "$build/demo/encoded-$space.txt"
done
of_latents=$build/demo/concepts-latents.json
of_pixels=$build/demo/concepts-pixels.json
for columns in 12 23 13; do
    LC_ALL=C comm -$columns "$build/demo/encoded-latents.txt" "$build/demo/encoded-pixels.txt" \
        > "$build/demo/encoded-$columns.txt"
done

cat <<TEXT

What you see
  $(count "$names") concepts: the ten classes, groups of them, and properties that are measured in the pixels,
  as examples/common/fashion_definitions.c says. Images that are borderline take no part. For every
  concept and every direction, the images are ranked along the direction, and the average precision
  (AP) says how far those that show the concept come first: 1 if all of them do; by chance about the
  share of images that show it. A direction encodes a concept if its AP is above 0.9.

  A direction is one of the network's 64 latent numbers first, and then one of the 784 pixels. The
  latent numbers encode $(unique "$of_latents") of the concepts, the pixels $(unique "$of_pixels"). The network was trained for the ten
  classes alone, but groups of classes have directions too: the AP of footwear is $(ap "$of_latents" footwear) in the best
  of the latent numbers, and $(ap "$of_pixels" footwear) in the best of the pixels. In the pictures, concepts of the same best
  direction stand together: clothes are tall, most cover the torso and many have sleeves, so there
  are latent numbers that encode all of these. Brightness, which says little about the class, is
  kept less well: its AP is $(ap "$of_pixels" bright) in the best of the pixels, but $(ap "$of_latents" bright) in the best of the latent numbers.

  At 0.8, where there are enough on both sides to compare, both encode
$(listed "$build/demo/encoded-12.txt")
  the latent numbers alone
$(listed "$build/demo/encoded-23.txt")
  and the pixels alone
$(listed "$build/demo/encoded-13.txt")
TEXT

# A sandal that is changed until the network takes it for the sneaker of the next image.
"$build/bin/latent-geometry" "$model" "$test_images" --image 8 --target 9 \
    --names "$here/fashion-mnist.names" \
    --json "$build/demo/geometry.json" \
    --plot "$build/demo/geometry.svg" \
    --picture "$build/demo/matching.svg"
geometry=$build/demo/geometry.json
state() { awk -F '"' '$2 == "state" { print $4 }' "$geometry"; }
moved() { awk '/"mean_change"/ { inside = 1; next } inside && /]/ { exit } inside { last = $1 } END { printf "%.2f", last }' "$geometry"; }
told() { awk -v key="\"$1\":" '$1 == key { printf "%.4g", $2; exit }' "$geometry"; }

cat <<TEXT

What you see
  How the network's latent vector of one image, a sandal, moves when its 784 pixels do. The Jacobian
  is the first-order answer: a small step along the i-th singular vector moves the latent vector by
  sigma_i times the step. Their stable rank is $(told stable_rank): so few directions hold most of the
  movement. The Lipschitz constants are measured by doing it, for steps of several lengths. For short
  ones those along the singular vectors are the singular values; random directions lie far below the
  first; random directions without their part along all singular vectors move nothing to first order:
  720 of the 784 dimensions are of that kind, and what is left falls with the step. Gradient ascent
  finds the steepest directions, which for longer steps are steeper than the first singular vector.

  Then the sandal is changed, pixel by pixel along the gradient, until its latent vector is that of a
  sneaker. The search ended as $(state) after $(told steps) steps; the pixels moved by $(moved) on average,
  of a range of 1. The network then sees a sneaker, though a person sees the sandal, and noise. Most of
  the change is not along the singular vectors of the start: far steps leave the linear piece.

Files
  $build/demo/kstar.svg      a violin per concept: open it in a browser
  $build/demo/kstar.json     the same numbers for programs
  $build/demo/moments.svg    how kurtosis is distributed, and the features in order of their size
  $build/demo/moments.json   the same numbers for programs
  $build/demo/kstar-latents.svg, moments-latents.svg, and .json: the same of the latent vectors
  $build/demo/directions.svg, directions.json, pruning.csv: the network's head
  $build/demo/latents.npy    the latent vectors
  $build/demo/concepts.npy, concepts.names: which images show which concepts
  $build/demo/concepts-latents.svg, concepts-pixels.svg, and .json: what encodes them
  $build/demo/geometry.svg, matching.svg, geometry.json: the Jacobian; sandal, sneaker, and the match

What to try next
  Angles instead of lengths:       add --metric cosine to latent-kstar
  An estimate in a fraction of it: add --sample 100, without --plot
  Every image's own k*:            add --values kstar.npy
  Moments of each pixel:           add --axis both to latent-moments
  Your own embeddings:             $build/bin/latent-kstar points.npy labels.npy
                                   $build/bin/latent-moments activations.npy
  Concepts in a head's directions: add --head HEAD to latent-concepts with the latent vectors
  Your own classifier:             $build/bin/latent-directions head.npy activations.npy
  Your own concepts:               $build/bin/latent-concepts activations.npy concepts.npy
  Other images:                    $build/bin/latent-geometry $model \\
                                       $test_images --image 1 --target 6
  All options:                     $build/bin/latent-concepts --help
                                   $build/bin/latent-kstar --help
                                   $build/bin/latent-moments --help
TEXT
rm -f "$build"/demo/encoded-*.txt
