<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de">
    <context>
        <name>rrsis_geo_qgis</name>
        <message>
            <source>Polygons from probability raster</source>
            <translation>Polygone aus Wahrscheinlichkeitsraster</translation>
        </message>
        <message>
            <source>Traces polygons from probabilities, at any threshold.</source>
            <translation>Zeichnet Polygone aus Wahrscheinlichkeiten nach, mit beliebiger Schwelle.</translation>
        </message>
        <message>
            <source>Traces polygons from a probability raster that “Segment by text” wrote: tries another threshold or minimum area in seconds, without the network. With the same numbers the polygons are the same.

Other rasters of probabilities work too: one band of bytes with nodata 255, where 254 is certain, or of numbers from 0 to 1.</source>
            <translation>Zeichnet Polygone aus einem Wahrscheinlichkeitsraster nach, das „Nach Text segmentieren“ geschrieben hat: probiert in Sekunden eine andere Schwelle oder Mindestfläche, ohne das Netz. Mit denselben Zahlen sind die Polygone dieselben.

Andere Raster mit Wahrscheinlichkeiten gehen auch: ein Kanal aus Bytes mit Nodata 255, bei denen 254 sicher heißt, oder aus Zahlen von 0 bis 1.</translation>
        </message>
        <message>
            <source>As written by “Segment by text”.</source>
            <translation>Wie „Nach Text segmentieren“ es geschrieben hat.</translation>
        </message>
        <message>
            <source>polygonize,vectorize,threshold,probability,score</source>
            <translation>polygonisieren,vektorisieren,schwelle,wahrscheinlichkeit,polygonize,vectorize,threshold,probability</translation>
        </message>
        <message>
            <source>Probability raster</source>
            <translation>Wahrscheinlichkeitsraster</translation>
        </message>
        <message>
            <source>Segment by text</source>
            <translation>Nach Text segmentieren</translation>
        </message>
        <message>
            <source>Finds what words describe in an image, as polygons.</source>
            <translation>Findet als Polygone, was Worte in einem Bild beschreiben.</translation>
        </message>
        <message>
            <source>Finds what a text describes in an aerial or satellite image and gives it as polygons.

Write in English what to look for: a kind of thing, its colour or size, its place, what it is near; one expression a line. All are answered in one run and told apart by the attribute “expression”.

The search runs on this computer in a Python environment of its own; the panel RRSIS Geo sets it up. Layers from servers (WMS, XYZ) are fetched first, over the extent and at the resolution given here.

Each polygon has a score (mean probability), area and perimeter in metres, and whether it touches the edge. Nothing found is an empty layer, not an error. Keep the probabilities to try other thresholds with “Polygons from probability raster”.</source>
            <translation>Findet, was ein Text in einem Luft- oder Satellitenbild beschreibt, und liefert es als Polygone.

Schreiben Sie auf Englisch, was gesucht wird: eine Art von Ding, seine Farbe oder Größe, sein Ort, was daneben liegt; ein Ausdruck je Zeile. Alle werden in einem Lauf beantwortet und durch das Attribut „expression“ unterschieden.

Die Suche läuft auf diesem Rechner in einer eigenen Python-Umgebung; das Bedienfeld RRSIS Geo richtet sie ein. Layer von Servern (WMS, XYZ) werden zuerst geholt, in der hier angegebenen Ausdehnung und Auflösung.

Jedes Polygon hat eine Bewertung (mittlere Wahrscheinlichkeit), Fläche und Umfang in Metern, und ob es den Rand berührt. Nichts gefunden ist ein leerer Layer, kein Fehler. Behalten Sie die Wahrscheinlichkeiten, um mit „Polygone aus Wahrscheinlichkeitsraster“ andere Schwellen zu probieren.</translation>
        </message>
        <message>
            <source>Any raster layer with a CRS.</source>
            <translation>Ein beliebiger Rasterlayer mit KBS.</translation>
        </message>
        <message>
            <source>In English, one expression a line.</source>
            <translation>Auf Englisch, ein Ausdruck je Zeile.</translation>
        </message>
        <message>
            <source>Only this is searched; empty: the whole layer.</source>
            <translation>Nur hier wird gesucht; leer: im ganzen Layer.</translation>
        </message>
        <message>
            <source>Only the inside of these polygons is searched.</source>
            <translation>Nur im Inneren dieser Polygone wird gesucht.</translation>
        </message>
        <message>
            <source>Resolution the network sees; empty: as its weights were trained. For layers from servers also that of the image fetched.</source>
            <translation>Auflösung, die das Netz sieht; leer: die, mit der die Gewichte trainiert wurden. Bei Layern von Servern auch die des geholten Bildes.</translation>
        </message>
        <message>
            <source>One or three; empty: as the file names them.</source>
            <translation>Einer oder drei; leer: wie die Datei sie benennt.</translation>
        </message>
        <message>
            <source>Where the network computes; auto takes a GPU where there is one.</source>
            <translation>Wo das Netz rechnet; auto nimmt eine GPU, wo es eine gibt.</translation>
        </message>
        <message>
            <source>Who decides about words such as “the largest” or “near the road”: the network in each window, or geometry over the whole scene; auto: by the expression.</source>
            <translation>Wer über Worte wie „the largest“ oder „near the road“ entscheidet: das Netz in jedem Fenster oder die Geometrie über die ganze Szene; auto: je nach Ausdruck.</translation>
        </message>
        <message>
            <source>find,detect,objects,text,language,deep learning,ai,query</source>
            <translation>finden,erkennen,objekte,text,sprache,ki,abfrage,find,detect,deep learning,ai</translation>
        </message>
        <message>
            <source>Image</source>
            <translation>Bild</translation>
        </message>
        <message>
            <source>What to look for</source>
            <translation>Was gesucht wird</translation>
        </message>
        <message>
            <source>Extent</source>
            <translation>Ausdehnung</translation>
        </message>
        <message>
            <source>Areas</source>
            <translation>Flächen</translation>
        </message>
        <message>
            <source>Weights</source>
            <translation>Gewichte</translation>
        </message>
        <message>
            <source>Metres per pixel</source>
            <translation>Meter je Pixel</translation>
        </message>
        <message>
            <source>Bands shown as red, green, blue</source>
            <translation>Kanäle für Rot, Grün, Blau</translation>
        </message>
        <message>
            <source>Overlap of windows (pixels)</source>
            <translation>Überlappung der Fenster (Pixel)</translation>
        </message>
        <message>
            <source>Layer {layer} holds no polygon, so it cannot be “{label}”.</source>
            <translation>Layer {layer} enthält kein Polygon und kann daher nicht „{label}“ sein.</translation>
        </message>
        <message>
            <source>“{label}” takes one or three bands.</source>
            <translation>„{label}“ nimmt einen oder drei Kanäle.</translation>
        </message>
        <message>
            <source>Outlines may move by this much, for fewer corners; 0 keeps them.</source>
            <translation>Umrisse dürfen sich so weit verschieben, für weniger Ecken; 0 lässt sie, wie sie sind.</translation>
        </message>
        <message>
            <source>Where outlines of neighbours have grown together; auto: by class.</source>
            <translation>Wo die Umrisse von Nachbarn zusammengewachsen sind; auto: je nach Klasse.</translation>
        </message>
        <message>
            <source>Polygons</source>
            <translation>Polygone</translation>
        </message>
        <message>
            <source>Threshold</source>
            <translation>Schwelle</translation>
        </message>
        <message>
            <source>Minimum area (m²)</source>
            <translation>Mindestfläche (m²)</translation>
        </message>
        <message>
            <source>Fill holes below (m²)</source>
            <translation>Löcher füllen unter (m²)</translation>
        </message>
        <message>
            <source>Simplify (m)</source>
            <translation>Vereinfachen (m)</translation>
        </message>
        <message>
            <source>Number of polygons</source>
            <translation>Zahl der Polygone</translation>
        </message>
        <message>
            <source>The raster layer cannot be read.</source>
            <translation>Der Rasterlayer kann nicht gelesen werden.</translation>
        </message>
        <message>
            <source>rrsis-geo has no Python environment yet: open the panel RRSIS Geo and choose Set up. Without a desktop, let the variable RRSIS_GEO_PYTHON name a Python that has rrsis-geo.</source>
            <translation>rrsis-geo hat noch keine Python-Umgebung: öffnen Sie das Bedienfeld RRSIS Geo und wählen Sie Einrichten. Ohne Desktop soll die Variable RRSIS_GEO_PYTHON ein Python nennen, das rrsis-geo hat.</translation>
        </message>
        <message>
            <source>The worker's result cannot be read.</source>
            <translation>Das Ergebnis des Arbeitsprozesses kann nicht gelesen werden.</translation>
        </message>
        <message>
            <source>Fetching {columns} x {rows} pixels of layer {layer}</source>
            <translation>{columns} x {rows} Pixel des Layers {layer} werden geholt</translation>
        </message>
        <message>
            <source>{count} objects found</source>
            <translation>{count} Objekte gefunden</translation>
        </message>
        <message>
            <source>Python environment</source>
            <translation>Python-Umgebung</translation>
        </message>
        <message>
            <source>Check</source>
            <translation>Prüfung</translation>
        </message>
        <message>
            <source>Packages</source>
            <translation>Pakete</translation>
        </message>
        <message>
            <source>rrsis-geo</source>
            <translation>rrsis-geo</translation>
        </message>
        <message>
            <source>First start</source>
            <translation>Erster Start</translation>
        </message>
        <message>
            <source>Python</source>
            <translation>Python</translation>
        </message>
        <message>
            <source>The map shows bands {shown}, the search takes {searched}.</source>
            <translation>Die Karte zeigt die Kanäle {shown}, die Suche nimmt {searched}.</translation>
        </message>
        <message>
            <source>Part touching objects</source>
            <translation>Berührende Objekte trennen</translation>
        </message>
        <message>
            <source>Which one is meant</source>
            <translation>Welches gemeint ist</translation>
        </message>
        <message>
            <source>Device</source>
            <translation>Gerät</translation>
        </message>
        <message>
            <source>Name of the network's weights, or the path of a weights file.</source>
            <translation>Name der Gewichte des Netzes oder Pfad einer Gewichtsdatei.</translation>
        </message>
        <message>
            <source>Pixels with a higher probability belong to an object.</source>
            <translation>Pixel mit höherer Wahrscheinlichkeit gehören zu einem Objekt.</translation>
        </message>
        <message>
            <source>Smaller polygons are dropped.</source>
            <translation>Kleinere Polygone fallen weg.</translation>
        </message>
        <message>
            <source>Smaller holes in polygons are filled.</source>
            <translation>Kleinere Löcher in Polygonen werden gefüllt.</translation>
        </message>
        <message>
            <source>How much neighbouring windows share.</source>
            <translation>Wie viel benachbarte Fenster gemeinsam haben.</translation>
        </message>
        <message>
            <source>There is no polygon layer to take selected features from.</source>
            <translation>Es gibt keinen Polygonlayer, dessen Auswahl gelten könnte.</translation>
        </message>
        <message>
            <source>The selected features have no area: select polygons.</source>
            <translation>Die ausgewählten Objekte haben keine Fläche: wählen Sie Polygone aus.</translation>
        </message>
        <message>
            <source>No feature of layer {layer} is selected: select polygons on the map.</source>
            <translation>In Layer {layer} ist kein Objekt ausgewählt: wählen Sie Polygone auf der Karte aus.</translation>
        </message>
        <message>
            <source>The area lies outside layer {layer}: draw or show a place on it.</source>
            <translation>Die Fläche liegt außerhalb des Layers {layer}: zeichnen oder zeigen Sie einen Ort auf ihm.</translation>
        </message>
        <message>
            <source>The area cannot be kept in {path}: {reason}</source>
            <translation>Die Fläche kann nicht in {path} abgelegt werden: {reason}</translation>
        </message>
        <message>
            <source>The area lies where the layer's CRS {crs} has no coordinates.</source>
            <translation>Die Fläche liegt, wo das KBS {crs} des Layers keine Koordinaten hat.</translation>
        </message>
        <message>
            <source>Reading the results</source>
            <translation>Ergebnisse lesen</translation>
        </message>
        <message>
            <source>the file could not be written</source>
            <translation>die Datei konnte nicht geschrieben werden</translation>
        </message>
        <message>
            <source>stopped; nothing was written</source>
            <translation>angehalten; nichts wurde geschrieben</translation>
        </message>
        <message>
            <source>{folder} may not be written</source>
            <translation>in {folder} darf nicht geschrieben werden</translation>
        </message>
        <message>
            <source>The area lies outside layer {layer}.</source>
            <translation>Die Fläche liegt außerhalb des Layers {layer}.</translation>
        </message>
        <message>
            <source>{columns} x {rows} pixels of layer {layer} are too many to fetch: choose a smaller area or more metres per pixel.</source>
            <translation>{columns} x {rows} Pixel des Layers {layer} sind zu viele zum Holen: wählen Sie eine kleinere Fläche oder mehr Meter je Pixel.</translation>
        </message>
        <message>
            <source>CRS {crs} has no metres at this place.</source>
            <translation>Das KBS {crs} hat an diesem Ort keine Meter.</translation>
        </message>
        <message>
            <source>The image of layer {layer} could not be fetched completely: {reason}. Try again, or choose a smaller area.</source>
            <translation>Das Bild des Layers {layer} konnte nicht vollständig geholt werden: {reason}. Versuchen Sie es noch einmal oder wählen Sie eine kleinere Fläche.</translation>
        </message>
        <message>
            <source>Layer {layer} draws nothing in this area.</source>
            <translation>Layer {layer} zeigt in dieser Fläche nichts.</translation>
        </message>
        <message>
            <source>{expression} (searching)</source>
            <translation>{expression} (Suche läuft)</translation>
        </message>
        <message>
            <source>{expression} (incomplete)</source>
            <translation>{expression} (unvollständig)</translation>
        </message>
        <message>
            <source>Query</source>
            <translation>Abfrage</translation>
        </message>
        <message>
            <source>Score</source>
            <translation>Bewertung</translation>
        </message>
        <message>
            <source>Highest probability</source>
            <translation>Höchste Wahrscheinlichkeit</translation>
        </message>
        <message>
            <source>Area (m²)</source>
            <translation>Fläche (m²)</translation>
        </message>
        <message>
            <source>Perimeter (m)</source>
            <translation>Umfang (m)</translation>
        </message>
        <message>
            <source>Longitude</source>
            <translation>Länge</translation>
        </message>
        <message>
            <source>Latitude</source>
            <translation>Breite</translation>
        </message>
        <message>
            <source>Touches the edge</source>
            <translation>Berührt den Rand</translation>
        </message>
        <message>
            <source>Rank</source>
            <translation>Rang</translation>
        </message>
        <message>
            <source>Distance (m)</source>
            <translation>Abstand (m)</translation>
        </message>
        <message>
            <source>Why</source>
            <translation>Warum</translation>
        </message>
        <message>
            <source>Probability</source>
            <translation>Wahrscheinlichkeit</translation>
        </message>
        <message>
            <source>What rrsis-geo found for “{expression}” in {scene}.</source>
            <translation>Was rrsis-geo zu „{expression}“ in {scene} gefunden hat.</translation>
        </message>
        <message>
            <source>Weights {weights}, threshold {threshold}, scene {path}</source>
            <translation>Gewichte {weights}, Schwelle {threshold}, Szene {path}</translation>
        </message>
        <message>
            <source>score {low} to {high}</source>
            <translation>Bewertung {low} bis {high}</translation>
        </message>
        <message>
            <source>Threshold changed to {threshold}</source>
            <translation>Schwelle geändert auf {threshold}</translation>
        </message>
        <message>
            <source>{expression} (slider)</source>
            <translation>{expression} (Regler)</translation>
        </message>
        <message>
            <source>Layer {layer} has no CRS, so polygons would have no place: set it with a right click on the layer, Layer CRS.</source>
            <translation>Layer {layer} hat kein KBS, Polygone hätten also keinen Ort: setzen Sie es mit Rechtsklick auf den Layer, Layer-KBS.</translation>
        </message>
        <message>
            <source>Nothing locates layer {layer} on the ground: a CRS alone says only how coordinates are meant. The Georeferencer of QGIS gives it a place.</source>
            <translation>Nichts verortet den Layer {layer} am Boden: ein KBS allein sagt nur, wie Koordinaten gemeint sind. Die Georeferenzierung von QGIS gibt ihm einen Ort.</translation>
        </message>
        <message>
            <source>Layer {layer} cannot be read.</source>
            <translation>Layer {layer} kann nicht gelesen werden.</translation>
        </message>
        <message>
            <source>The worker process ended.</source>
            <translation>Der Arbeitsprozess ist beendet.</translation>
        </message>
        <message>
            <source>Cancelled.</source>
            <translation>Abgebrochen.</translation>
        </message>
        <message>
            <source>Check the proxy in QGIS under Settings, Options, Network.</source>
            <translation>Prüfen Sie den Proxy in QGIS unter Einstellungen, Optionen, Netzwerk.</translation>
        </message>
        <message>
            <source>Choose the python program itself, e.g. bin/python or Scripts\python.exe inside the environment.</source>
            <translation>Wählen Sie das Programm python selbst, z. B. bin/python oder Scripts\python.exe in der Umgebung.</translation>
        </message>
        <message>
            <source>No Python {wanted} or newer was found on this computer; that of QGIS is {own}.</source>
            <translation>Auf diesem Rechner wurde kein Python {wanted} oder neuer gefunden; das von QGIS ist {own}.</translation>
        </message>
        <message>
            <source>Install Python 3.12 (64 bit) for Windows, then look again; or choose an interpreter that has rrsis-geo already.</source>
            <translation>Installieren Sie Python 3.12 (64 Bit) für Windows und suchen Sie dann noch einmal; oder wählen Sie einen Interpreter, der rrsis-geo schon hat.</translation>
        </message>
        <message>
            <source>Install Python 3.12 for macOS, then look again; or choose an interpreter that has rrsis-geo already.</source>
            <translation>Installieren Sie Python 3.12 für macOS und suchen Sie dann noch einmal; oder wählen Sie einen Interpreter, der rrsis-geo schon hat.</translation>
        </message>
        <message>
            <source>Install python3 and python3-venv with the package manager of your system, then look again; or choose an interpreter that has rrsis-geo already.</source>
            <translation>Installieren Sie python3 und python3-venv mit der Paketverwaltung Ihres Systems und suchen Sie dann noch einmal; oder wählen Sie einen Interpreter, der rrsis-geo schon hat.</translation>
        </message>
        <message>
            <source>The package index could not be reached.</source>
            <translation>Das Paketverzeichnis war nicht zu erreichen.</translation>
        </message>
        <message>
            <source>Check the network and try again: what is already there is kept. On a computer without network, use a folder of wheels.</source>
            <translation>Prüfen Sie das Netzwerk und versuchen Sie es noch einmal: was schon da ist, bleibt. Auf einem Rechner ohne Netzwerk nehmen Sie einen Ordner mit Wheels.</translation>
        </message>
        <message>
            <source>The proxy did not let the installation through.</source>
            <translation>Der Proxy hat die Installation nicht durchgelassen.</translation>
        </message>
        <message>
            <source>The certificate of the package index is not trusted.</source>
            <translation>Dem Zertifikat des Paketverzeichnisses wird nicht vertraut.</translation>
        </message>
        <message>
            <source>Networks that inspect traffic need their own certificate: ask who runs the network for it, and name its file in pip's configuration (cert).</source>
            <translation>Netze, die den Verkehr prüfen, brauchen ihr eigenes Zertifikat: fragen Sie die Betreiber des Netzes danach und nennen Sie seine Datei in der Konfiguration von pip (cert).</translation>
        </message>
        <message>
            <source>The package index refused access.</source>
            <translation>Das Paketverzeichnis hat den Zugriff verweigert.</translation>
        </message>
        <message>
            <source>Check the name and password of the index in pip's configuration.</source>
            <translation>Prüfen Sie Name und Kennwort des Verzeichnisses in der Konfiguration von pip.</translation>
        </message>
        <message>
            <source>The disk is full.</source>
            <translation>Die Festplatte ist voll.</translation>
        </message>
        <message>
            <source>Make room on the disk of {home}, then try again.</source>
            <translation>Schaffen Sie Platz auf der Festplatte von {home} und versuchen Sie es noch einmal.</translation>
        </message>
        <message>
            <source>A file or folder may not be written.</source>
            <translation>Eine Datei oder ein Ordner darf nicht geschrieben werden.</translation>
        </message>
        <message>
            <source>Check that {home} belongs to you and that no antivirus program protects it, then try again.</source>
            <translation>Prüfen Sie, dass {home} Ihnen gehört und kein Virenschutz darüber wacht, und versuchen Sie es noch einmal.</translation>
        </message>
        <message>
            <source>A file of the environment is in use.</source>
            <translation>Eine Datei der Umgebung ist in Gebrauch.</translation>
        </message>
        <message>
            <source>Close other QGIS windows and running searches, then try again.</source>
            <translation>Schließen Sie andere QGIS-Fenster und laufende Suchen und versuchen Sie es noch einmal.</translation>
        </message>
        <message>
            <source>The packages do not fit this version of Python.</source>
            <translation>Die Pakete passen nicht zu dieser Version von Python.</translation>
        </message>
        <message>
            <source>Choose another Python (3.12 is the safest), then try again.</source>
            <translation>Wählen Sie ein anderes Python (3.12 ist am sichersten) und versuchen Sie es noch einmal.</translation>
        </message>
        <message>
            <source>There is no package for this platform and Python where pip looked.</source>
            <translation>Für dieses System und Python gibt es kein Paket dort, wo pip gesucht hat.</translation>
        </message>
        <message>
            <source>Choose another Python (3.12 is the safest) or another index; a folder of wheels must hold all that the plugin's file cpu.txt lists, for this system and this Python.</source>
            <translation>Wählen Sie ein anderes Python (3.12 ist am sichersten) oder einen anderen Index; ein Ordner mit Wheels muss alles enthalten, was die Datei cpu.txt des Plugins nennt, für dieses System und dieses Python.</translation>
        </message>
        <message>
            <source>This Python cannot make environments.</source>
            <translation>Dieses Python kann keine Umgebungen anlegen.</translation>
        </message>
        <message>
            <source>On Debian and Ubuntu install python3-venv; elsewhere choose another Python.</source>
            <translation>Installieren Sie unter Debian und Ubuntu python3-venv; sonst wählen Sie ein anderes Python.</translation>
        </message>
        <message>
            <source>The address of the package index or the package's name is not valid.</source>
            <translation>Die Adresse des Paketverzeichnisses oder der Name des Pakets ist nicht gültig.</translation>
        </message>
        <message>
            <source>Check the address: it begins with https:// or file://.</source>
            <translation>Prüfen Sie die Adresse: sie beginnt mit https:// oder file://.</translation>
        </message>
        <message>
            <source>There is no package at the place that was named.</source>
            <translation>An der genannten Stelle ist kein Paket.</translation>
        </message>
        <message>
            <source>Choose the wheel (.whl) of rrsis-geo of the plugin's version.</source>
            <translation>Wählen Sie das Wheel (.whl) von rrsis-geo in der Version des Plugins.</translation>
        </message>
        <message>
            <source>This small version of the plugin has no rrsis-geo inside.</source>
            <translation>Diese kleine Fassung des Plugins enthält kein rrsis-geo.</translation>
        </message>
        <message>
            <source>Get the file {name} of the plugin's release and choose it, or enter its address, followed by #sha256= and its hash; or install the large version.</source>
            <translation>Holen Sie die Datei {name} der Veröffentlichung des Plugins und wählen Sie sie, oder geben Sie ihre Adresse ein, gefolgt von #sha256= und ihrem Hash; oder installieren Sie die große Fassung.</translation>
        </message>
        <message>
            <source>The address of the package does not say which file it must be.</source>
            <translation>Die Adresse des Pakets sagt nicht, welche Datei es sein muss.</translation>
        </message>
        <message>
            <source>Enter the address of {name}, beginning with https:// and followed by #sha256= and the 64 digits of its hash.</source>
            <translation>Geben Sie die Adresse von {name} ein; sie beginnt mit https:// und endet mit #sha256= und den 64 Ziffern des Hashs.</translation>
        </message>
        <message>
            <source>This file is not rrsis-geo of the plugin's version.</source>
            <translation>Diese Datei ist nicht rrsis-geo in der Version des Plugins.</translation>
        </message>
        <message>
            <source>Choose the file {name} of the plugin's release.</source>
            <translation>Wählen Sie die Datei {name} der Veröffentlichung des Plugins.</translation>
        </message>
        <message>
            <source>The package inside the plugin is damaged.</source>
            <translation>Das Paket im Plugin ist beschädigt.</translation>
        </message>
        <message>
            <source>Install the plugin again from its zip, then try again.</source>
            <translation>Installieren Sie das Plugin neu aus seiner Zip-Datei, dann versuchen Sie es noch einmal.</translation>
        </message>
        <message>
            <source>A package is not the file that this plugin was tested with.</source>
            <translation>Ein Paket ist nicht die Datei, mit der dieses Plugin geprüft wurde.</translation>
        </message>
        <message>
            <source>Nothing of it was installed. Another index, a proxy or an antivirus program may have changed it: try again on another network.</source>
            <translation>Nichts davon wurde installiert. Ein anderer Index, ein Proxy oder ein Virenschutz kann es verändert haben: Versuchen Sie es in einem anderen Netz noch einmal.</translation>
        </message>
        <message>
            <source>A downloaded package is damaged.</source>
            <translation>Ein geladenes Paket ist beschädigt.</translation>
        </message>
        <message>
            <source>Try again; if it happens again, a proxy or antivirus program may change files.</source>
            <translation>Versuchen Sie es noch einmal; bleibt es so, verändert vielleicht ein Proxy oder Virenschutz die Dateien.</translation>
        </message>
        <message>
            <source>The packages that were found do not fit together.</source>
            <translation>Die gefundenen Pakete passen nicht zueinander.</translation>
        </message>
        <message>
            <source>Check that pip's configuration holds no constraints of another project.</source>
            <translation>Prüfen Sie, dass die Konfiguration von pip keine Einschränkungen eines anderen Projekts enthält.</translation>
        </message>
        <message>
            <source>A library of the system is missing or too old for the packages.</source>
            <translation>Eine Bibliothek des Systems fehlt oder ist zu alt für die Pakete.</translation>
        </message>
        <message>
            <source>On Windows install the Microsoft Visual C++ Redistributable; on Linux use a newer system or older packages.</source>
            <translation>Installieren Sie unter Windows das Microsoft Visual C++ Redistributable; nehmen Sie unter Linux ein neueres System oder ältere Pakete.</translation>
        </message>
        <message>
            <source>A path is longer than Windows allows.</source>
            <translation>Ein Pfad ist länger, als Windows erlaubt.</translation>
        </message>
        <message>
            <source>Allow long paths in Windows, or use a QGIS profile with a shorter path.</source>
            <translation>Erlauben Sie in Windows lange Pfade oder nehmen Sie ein QGIS-Profil mit kürzerem Pfad.</translation>
        </message>
        <message>
            <source>Another QGIS is installing the environment.</source>
            <translation>Ein anderes QGIS installiert gerade die Umgebung.</translation>
        </message>
        <message>
            <source>Wait until it has finished, or stop it there.</source>
            <translation>Warten Sie, bis es fertig ist, oder halten Sie es dort an.</translation>
        </message>
        <message>
            <source>A search is running in the environment.</source>
            <translation>In der Umgebung läuft eine Suche.</translation>
        </message>
        <message>
            <source>Wait until it has ended, or cancel it, then try again.</source>
            <translation>Warten Sie, bis sie beendet ist, oder brechen Sie sie ab, dann versuchen Sie es noch einmal.</translation>
        </message>
        <message>
            <source>Everything was installed, but rrsis-geo does not start.</source>
            <translation>Alles wurde installiert, aber rrsis-geo startet nicht.</translation>
        </message>
        <message>
            <source>Make the environment anew; if that does not help, report what is below.</source>
            <translation>Legen Sie die Umgebung neu an; hilft das nicht, melden Sie, was unten steht.</translation>
        </message>
        <message>
            <source>The system ended the installation, probably for lack of memory.</source>
            <translation>Das System hat die Installation beendet, wahrscheinlich aus Mangel an Speicher.</translation>
        </message>
        <message>
            <source>Close other programs and try again: what is already there is kept.</source>
            <translation>Schließen Sie andere Programme und versuchen Sie es noch einmal: was schon da ist, bleibt.</translation>
        </message>
        <message>
            <source>The installation failed for a reason that is not known.</source>
            <translation>Die Installation ist aus einem unbekannten Grund gescheitert.</translation>
        </message>
        <message>
            <source>The log below says more; please report it if trying again does not help.</source>
            <translation>Das Protokoll unten sagt mehr; bitte melden Sie es, wenn ein neuer Versuch nicht hilft.</translation>
        </message>
        <message>
            <source>There is no file {program}.</source>
            <translation>Es gibt keine Datei {program}.</translation>
        </message>
        <message>
            <source>{program} is not a Python that works.</source>
            <translation>{program} ist kein Python, das funktioniert.</translation>
        </message>
        <message>
            <source>{program} is Python {python}; rrsis-geo needs {wanted} or newer.</source>
            <translation>{program} ist Python {python}; rrsis-geo braucht {wanted} oder neuer.</translation>
        </message>
        <message>
            <source>Choose a newer Python, or let the plugin make an environment of its own.</source>
            <translation>Wählen Sie ein neueres Python oder lassen Sie die Erweiterung eine eigene Umgebung anlegen.</translation>
        </message>
        <message>
            <source>Python {python} at {program} has no rrsis-geo.</source>
            <translation>Python {python} in {program} hat kein rrsis-geo.</translation>
        </message>
        <message>
            <source>Choose one that has it, or install it there: {install}</source>
            <translation>Wählen Sie eins, das es hat, oder installieren Sie es dort: {install}</translation>
        </message>
        <message>
            <source>rrsis-geo at {program} cannot be loaded: {broken}.</source>
            <translation>rrsis-geo in {program} kann nicht geladen werden: {broken}.</translation>
        </message>
        <message>
            <source>Install it again: {install} --force-reinstall</source>
            <translation>Installieren Sie es noch einmal: {install} --force-reinstall</translation>
        </message>
        <message>
            <source>Python {python} at {program} has rrsis-geo, but no ONNX Runtime.</source>
            <translation>Python {python} in {program} hat rrsis-geo, aber kein ONNX Runtime.</translation>
        </message>
        <message>
            <source>Install it there: {install}</source>
            <translation>Installieren Sie es dort: {install}</translation>
        </message>
        <message>
            <source>{program} has rrsis-geo {package}; this plugin, {version}, works with its own version only.</source>
            <translation>{program} hat rrsis-geo {package}; diese Erweiterung, {version}, arbeitet nur mit der eigenen Version.</translation>
        </message>
        <message>
            <source>Install the plugin's version there: {install}</source>
            <translation>Installieren Sie dort die Version der Erweiterung: {install}</translation>
        </message>
        <message>
            <source>Python {python} at {program} has rrsis-geo {package} and {runtime}.</source>
            <translation>Python {python} in {program} hat rrsis-geo {package} und {runtime}.</translation>
        </message>
        <message>
            <source>automatic</source>
            <translation>automatisch</translation>
        </message>
        <message>
            <source>Objects with a lower score are hidden; 0 hides none. Automatic: those that are less likely meant than not, where a class is named alone, or on a large scene any number of objects.</source>
            <translation>Objekte mit geringerer Bewertung werden verborgen; 0 verbirgt keine. Automatisch: die, die eher nicht gemeint sind, wo nur eine Klasse genannt ist, oder in einer großen Szene beliebig viele Objekte.</translation>
        </message>
        <message>
            <source>Only this part of the layer is searched.</source>
            <translation>Nur dieser Teil des Layers wird durchsucht.</translation>
        </message>
        <message>
            <source>Draw</source>
            <translation>Zeichnen</translation>
        </message>
        <message>
            <source>Rectangle: drag. Polygon: click its corners, right click or Enter closes it, Esc begins anew.</source>
            <translation>Rechteck: ziehen. Polygon: die Ecken klicken; Rechtsklick oder Eingabetaste schließt es, Esc beginnt neu.</translation>
        </message>
        <message>
            <source>The layer whose selected features are the area.</source>
            <translation>Der Layer, dessen gewählte Objekte die Fläche sind.</translation>
        </message>
        <message>
            <source>Whole layer</source>
            <translation>Ganzer Layer</translation>
        </message>
        <message>
            <source>Visible map</source>
            <translation>Sichtbare Karte</translation>
        </message>
        <message>
            <source>Drawn rectangle</source>
            <translation>Gezeichnetes Rechteck</translation>
        </message>
        <message>
            <source>Drawn polygon</source>
            <translation>Gezeichnetes Polygon</translation>
        </message>
        <message>
            <source>Selected features</source>
            <translation>Ausgewählte Objekte</translation>
        </message>
        <message>
            <source>Within these results</source>
            <translation>In diesen Ergebnissen</translation>
        </message>
        <message>
            <source>No area is drawn yet: press Draw and drag on the map.</source>
            <translation>Es ist noch keine Fläche gezeichnet: drücken Sie Zeichnen und ziehen Sie auf der Karte.</translation>
        </message>
        <message>
            <source>This layer covers the world: choose a part of it.</source>
            <translation>Dieser Layer umfasst die Welt: einen Teil davon wählen.</translation>
        </message>
        <message>
            <source>The bands of the map are searched.</source>
            <translation>Durchsucht werden die Kanäle der Karte.</translation>
        </message>
        <message>
            <source>About {windows} windows</source>
            <translation>Etwa {windows} Fenster</translation>
        </message>
        <message>
            <source>Search those of the map</source>
            <translation>Die der Karte durchsuchen</translation>
        </message>
        <message>
            <source>, {time}</source>
            <translation>, {time}</translation>
        </message>
        <message>
            <source>Read at {gsd} m per pixel, as the map shows it: zoom to change that.</source>
            <translation>Gelesen mit {gsd} m je Pixel, wie die Karte es zeigt: Zoomen ändert das.</translation>
        </message>
        <message>
            <source>Environment: set up, examine, update, remove; demo</source>
            <translation>Umgebung: einrichten, untersuchen, aktualisieren, entfernen; Beispiel</translation>
        </message>
        <message>
            <source>Help (F1)</source>
            <translation>Hilfe (F1)</translation>
        </message>
        <message>
            <source>La&amp;yer</source>
            <translation>La&amp;yer</translation>
        </message>
        <message>
            <source>&amp;Find</source>
            <translation>&amp;Finden</translation>
        </message>
        <message>
            <source>&amp;Area</source>
            <translation>Fl&amp;äche</translation>
        </message>
        <message>
            <source>Results</source>
            <translation>Ergebnisse</translation>
        </message>
        <message>
            <source>Log</source>
            <translation>Protokoll</translation>
        </message>
        <message>
            <source>Copy the log</source>
            <translation>Protokoll kopieren</translation>
        </message>
        <message>
            <source>Open the Georeferencer</source>
            <translation>Georeferenzierung öffnen</translation>
        </message>
        <message>
            <source>Delete the files too</source>
            <translation>Auch die Dateien löschen</translation>
        </message>
        <message>
            <source>Nothing found: {count} fainter objects are hidden by the threshold or the least score.</source>
            <translation>Nichts gefunden: {count} schwächere Objekte verbirgt die Schwelle oder die kleinste Bewertung.</translation>
        </message>
        <message>
            <source>Show the {count} fainter ones</source>
            <translation>Die {count} schwächeren zeigen</translation>
        </message>
        <message>
            <source>The layers were removed; their files are still in {folder}.</source>
            <translation>Die Layer wurden entfernt; ihre Dateien liegen noch in {folder}.</translation>
        </message>
        <message>
            <source>Wei&amp;ghts</source>
            <translation>&amp;Gewichte</translation>
        </message>
        <message>
            <source>&amp;Threshold</source>
            <translation>Sch&amp;welle</translation>
        </message>
        <message>
            <source>&amp;Least score</source>
            <translation>&amp;Kleinste Bewertung</translation>
        </message>
        <message>
            <source>Mi&amp;nimum area</source>
            <translation>&amp;Mindestfläche</translation>
        </message>
        <message>
            <source>Advanced</source>
            <translation>Erweitert</translation>
        </message>
        <message>
            <source>Metres on the ground of one pixel the network sees; automatic: as its weights were trained.</source>
            <translation>Meter am Boden je Pixel, den das Netz sieht; automatisch: wie seine Gewichte trainiert wurden.</translation>
        </message>
        <message>
            <source> pixels</source>
            <translation> Pixel</translation>
        </message>
        <message>
            <source>Outlines may move by this much, for fewer corners.</source>
            <translation>Umrisse dürfen sich so weit verschieben, für weniger Ecken.</translation>
        </message>
        <message>
            <source>Part objects that touch, such as houses in a row; automatic: by kind.</source>
            <translation>Objekte trennen, die sich berühren, etwa Häuser in einer Reihe; automatisch: je nach Art.</translation>
        </message>
        <message>
            <source>by the network, in each window</source>
            <translation>vom Netz, in jedem Fenster</translation>
        </message>
        <message>
            <source>by geometry, over the whole layer</source>
            <translation>von der Geometrie, im ganzen Layer</translation>
        </message>
        <message>
            <source>Who decides about words such as “the largest” or “near the road”.</source>
            <translation>Wer über Worte wie „the largest“ oder „near the road“ entscheidet.</translation>
        </message>
        <message>
            <source>&amp;Bands as displayed</source>
            <translation>Kanäle wie ange&amp;zeigt</translation>
        </message>
        <message>
            <source>Show the network the bands that the layer's style shows as red, green and blue, instead of those the file names so.</source>
            <translation>Dem Netz die Kanäle zeigen, die der Stil des Layers als Rot, Grün und Blau darstellt, statt der von der Datei so benannten.</translation>
        </message>
        <message>
            <source>Unknown things too</source>
            <translation>Auch Unbekanntes</translation>
        </message>
        <message>
            <source>Ask the network also for things that its weights do not know.</source>
            <translation>Das Netz auch nach Dingen fragen, die seine Gewichte nicht kennen.</translation>
        </message>
        <message>
            <source>Probability as a layer</source>
            <translation>Wahrscheinlichkeit als Layer</translation>
        </message>
        <message>
            <source>Resolution</source>
            <translation>Auflösung</translation>
        </message>
        <message>
            <source>Overlap</source>
            <translation>Überlappung</translation>
        </message>
        <message>
            <source>Simplify</source>
            <translation>Vereinfachen</translation>
        </message>
        <message>
            <source>Fill holes below</source>
            <translation>Löcher füllen unter</translation>
        </message>
        <message>
            <source>Output folder</source>
            <translation>Ausgabeordner</translation>
        </message>
        <message>
            <source> m²</source>
            <translation> m²</translation>
        </message>
        <message>
            <source> m</source>
            <translation> m</translation>
        </message>
        <message>
            <source>yes</source>
            <translation>ja</translation>
        </message>
        <message>
            <source>no</source>
            <translation>nein</translation>
        </message>
        <message>
            <source>The environment is ready.</source>
            <translation>Die Umgebung ist bereit.</translation>
        </message>
        <message>
            <source>No environment is set up yet: press Set up, a few minutes do it.</source>
            <translation>Es ist noch keine Umgebung eingerichtet: drücken Sie Einrichten, ein paar Minuten genügen.</translation>
        </message>
        <message>
            <source>Tracing polygons at the new threshold …</source>
            <translation>Polygone werden mit der neuen Schwelle nachgezeichnet …</translation>
        </message>
        <message>
            <source>Threshold {threshold}: {count} objects</source>
            <translation>Schwelle {threshold}: {count} Objekte</translation>
        </message>
        <message>
            <source>Search begun.</source>
            <translation>Suche begonnen.</translation>
        </message>
        <message>
            <source>The demo scene {file} cannot be opened.</source>
            <translation>Die Beispielszene {file} lässt sich nicht öffnen.</translation>
        </message>
        <message>
            <source>…</source>
            <translation>…</translation>
        </message>
        <message>
            <source>What these weights know is not listed; each question is checked.</source>
            <translation>Was diese Gewichte kennen, ist nicht verzeichnet; jede Frage wird geprüft.</translation>
        </message>
        <message>
            <source>What the weights know</source>
            <translation>Was die Gewichte kennen</translation>
        </message>
        <message>
            <source>Search</source>
            <translation>Suchen</translation>
        </message>
        <message>
            <source>Take over</source>
            <translation>Übernehmen</translation>
        </message>
        <message>
            <source>Found reliably</source>
            <translation>Zuverlässig gefunden</translation>
        </message>
        <message>
            <source>Found less reliably</source>
            <translation>Weniger zuverlässig gefunden</translation>
        </message>
        <message>
            <source>the storage tank near the road</source>
            <translation>the storage tank near the road</translation>
        </message>
        <message>
            <source>What to look for, in English words. Several things: one a line. Ctrl+Enter runs.</source>
            <translation>Was gesucht wird, in englischen Worten. Mehreres: eins je Zeile. Strg+Eingabe startet.</translation>
        </message>
        <message>
            <source>&amp;Known things</source>
            <translation>Bekannte &amp;Dinge</translation>
        </message>
        <message>
            <source>What the weights know by name</source>
            <translation>Was die Gewichte mit Namen kennen</translation>
        </message>
        <message>
            <source>H&amp;istory</source>
            <translation>&amp;Verlauf</translation>
        </message>
        <message>
            <source>E&amp;xamples</source>
            <translation>&amp;Beispiele</translation>
        </message>
        <message>
            <source>Nothing asked yet</source>
            <translation>Noch nichts gefragt</translation>
        </message>
        <message>
            <source>Empty the history</source>
            <translation>Verlauf leeren</translation>
        </message>
        <message>
            <source>There is no raster layer to search: add an image first.</source>
            <translation>Es gibt keinen Rasterlayer zum Durchsuchen: fügen Sie zuerst ein Bild hinzu.</translation>
        </message>
        <message>
            <source>Say what to look for, for example: the storage tank near the road</source>
            <translation>Sagen Sie, was gesucht wird, zum Beispiel: the storage tank near the road</translation>
        </message>
        <message>
            <source>There are too many results in {folder}.</source>
            <translation>In {folder} sind zu viele Ergebnisse.</translation>
        </message>
        <message>
            <source>Results cannot be written to {folder}: {reason}. Choose another output folder under Advanced.</source>
            <translation>Ergebnisse können nicht nach {folder} geschrieben werden: {reason}. Wählen Sie unter Erweitert einen anderen Ausgabeordner.</translation>
        </message>
        <message>
            <source>Changes the polygons shown, without searching again.</source>
            <translation>Ändert die gezeigten Polygone, ohne neu zu suchen.</translation>
        </message>
        <message>
            <source>Filters</source>
            <translation>Filter</translation>
        </message>
        <message>
            <source>Earlier searches …</source>
            <translation>Frühere Suchen …</translation>
        </message>
        <message>
            <source>Least score</source>
            <translation>Kleinste Bewertung</translation>
        </message>
        <message>
            <source>Stays as it is, with your edits: {layers}. The slider changes a layer of its own.</source>
            <translation>Bleibt mit Ihren Änderungen, wie es ist: {layers}. Der Regler ändert einen eigenen Layer.</translation>
        </message>
        <message>
            <source>Folder {name}</source>
            <translation>Ordner {name}</translation>
        </message>
        <message>
            <source>R&amp;un</source>
            <translation>&amp;Suchen</translation>
        </message>
        <message>
            <source>Search the layer (Ctrl+Enter)</source>
            <translation>Den Layer durchsuchen (Strg+Eingabe)</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>Stop (Esc)</source>
            <translation>Anhalten (Esc)</translation>
        </message>
        <message>
            <source>Starting: the network is being loaded …</source>
            <translation>Start: das Netz wird geladen …</translation>
        </message>
        <message>
            <source>Fetching the layer's image …</source>
            <translation>Das Bild des Layers wird geholt …</translation>
        </message>
        <message>
            <source>Cancelling …</source>
            <translation>Wird abgebrochen …</translation>
        </message>
        <message>
            <source>Fetching the image of {layer}</source>
            <translation>Das Bild von {layer} wird geholt</translation>
        </message>
        <message>
            <source>1 object found</source>
            <translation>1 Objekt gefunden</translation>
        </message>
        <message>
            <source>Nothing found. A lower threshold or other words may find more; the slider below tries a threshold without searching again.</source>
            <translation>Nichts gefunden. Eine niedrigere Schwelle oder andere Worte finden vielleicht mehr; der Schieber unten probiert eine Schwelle, ohne neu zu suchen.</translation>
        </message>
        <message>
            <source>A search is running: wait for it, or cancel it first.</source>
            <translation>Es läuft schon eine Suche: warten Sie auf sie oder brechen Sie sie zuerst ab.</translation>
        </message>
        <message>
            <source>Polygons are being traced anew: wait a moment.</source>
            <translation>Polygone werden gerade neu nachgezeichnet: warten Sie einen Augenblick.</translation>
        </message>
        <message>
            <source>The project was closed during the search.</source>
            <translation>Das Projekt wurde während der Suche geschlossen.</translation>
        </message>
        <message>
            <source>The project was closed, so the search was cancelled.</source>
            <translation>Das Projekt wurde geschlossen, deshalb wurde die Suche abgebrochen.</translation>
        </message>
        <message>
            <source>{file} was written, but QGIS cannot open it.</source>
            <translation>{file} wurde geschrieben, aber QGIS kann die Datei nicht öffnen.</translation>
        </message>
        <message>
            <source>Layer {layer} was removed, so its search was cancelled.</source>
            <translation>Layer {layer} wurde entfernt, deshalb wurde die Suche darin abgebrochen.</translation>
        </message>
        <message>
            <source>Comparing objects of two thresholds</source>
            <translation>Objekte zweier Schwellen werden verglichen</translation>
        </message>
        <message>
            <source>The probabilities {file} are gone: run the query again.</source>
            <translation>Die Wahrscheinlichkeiten {file} sind nicht mehr da: stellen Sie die Abfrage noch einmal.</translation>
        </message>
        <message>
            <source>Polygons cannot be written to {folder}: {reason}.</source>
            <translation>Polygone lassen sich nicht in {folder} schreiben: {reason}.</translation>
        </message>
        <message>
            <source>Ask the map …</source>
            <translation>Die Karte fragen …</translation>
        </message>
        <message>
            <source>Find things in an image by describing them</source>
            <translation>Dinge in einem Bild finden, indem man sie beschreibt</translation>
        </message>
        <message>
            <source>Environment</source>
            <translation>Umgebung</translation>
        </message>
        <message>
            <source>Save what was kept as …</source>
            <translation>Behaltenes speichern als …</translation>
        </message>
        <message>
            <source>Add what was kept to</source>
            <translation>Behaltenes hinzufügen zu</translation>
        </message>
        <message>
            <source>All decisions, for teaching …</source>
            <translation>Alle Entscheidungen, zum Lehren …</translation>
        </message>
        <message>
            <source>What was kept is selected: choose “Save only selected features” in QGIS's dialog.</source>
            <translation>Was behalten wurde, ist ausgewählt: „Nur gewählte Objekte speichern“ in QGIS' Dialog wählen.</translation>
        </message>
        <message>
            <source>All decisions, for teaching</source>
            <translation>Alle Entscheidungen, zum Lehren</translation>
        </message>
        <message>
            <source>{file} exists. Replace it?</source>
            <translation>{file} gibt es schon. Ersetzen?</translation>
        </message>
        <message>
            <source>{count} objects added to {layer}; save it there.</source>
            <translation>{count} Objekte zu {layer} hinzugefügt; dort speichern.</translation>
        </message>
        <message>
            <source>Saved: {layer}</source>
            <translation>Gespeichert: {layer}</translation>
        </message>
        <message>
            <source>There are no results to ask within: show those of a search first.</source>
            <translation>Es gibt keine Ergebnisse, in denen gefragt werden kann: zuerst die einer Suche zeigen.</translation>
        </message>
        <message>
            <source>Nothing has been kept or drawn yet.</source>
            <translation>Noch wurde nichts behalten oder gezeichnet.</translation>
        </message>
        <message>
            <source>Add {count} objects</source>
            <translation>{count} Objekte hinzufügen</translation>
        </message>
        <message>
            <source>Layer {layer} cannot be edited.</source>
            <translation>Layer {layer} kann nicht bearbeitet werden.</translation>
        </message>
        <message>
            <source>{file} is a layer of this project: choose another name.</source>
            <translation>{file} ist ein Layer dieses Projekts: einen anderen Namen wählen.</translation>
        </message>
        <message>
            <source>{file} cannot be written: {reason}</source>
            <translation>{file} kann nicht geschrieben werden: {reason}</translation>
        </message>
        <message>
            <source>Drag to hide what lies left of the pointer.</source>
            <translation>Ziehen verbirgt, was links vom Zeiger liegt.</translation>
        </message>
        <message>
            <source>Score from</source>
            <translation>Bewertung ab</translation>
        </message>
        <message>
            <source>Area from</source>
            <translation>Fläche ab</translation>
        </message>
        <message>
            <source>Double click or Enter zooms to the object. K keeps, R rejects.</source>
            <translation>Doppelklick oder Eingabe zoomt zum Objekt. K behält, R verwirft.</translation>
        </message>
        <message>
            <source>Object</source>
            <translation>Objekt</translation>
        </message>
        <message>
            <source>m²</source>
            <translation>m²</translation>
        </message>
        <message>
            <source>Review</source>
            <translation>Prüfung</translation>
        </message>
        <message>
            <source>{rank}. place</source>
            <translation>Platz {rank}</translation>
        </message>
        <message>
            <source>Keep</source>
            <translation>Behalten</translation>
        </message>
        <message>
            <source>Key K</source>
            <translation>Taste K</translation>
        </message>
        <message>
            <source>Reject</source>
            <translation>Verwerfen</translation>
        </message>
        <message>
            <source>Key R</source>
            <translation>Taste R</translation>
        </message>
        <message>
            <source>Next doubtful</source>
            <translation>Nächstes fragliches</translation>
        </message>
        <message>
            <source>The open object of the lowest score (key N)</source>
            <translation>Das offene Objekt mit der kleinsten Bewertung (Taste N)</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>Rückgängig</translation>
        </message>
        <message>
            <source>Key U</source>
            <translation>Taste U</translation>
        </message>
        <message>
            <source>Save</source>
            <translation>Speichern</translation>
        </message>
        <message>
            <source>Write all decisions and changes into the layer</source>
            <translation>Alle Entscheidungen und Änderungen in den Layer schreiben</translation>
        </message>
        <message>
            <source>Keep all from</source>
            <translation>Alle behalten ab</translation>
        </message>
        <message>
            <source>Keeps every open object of the list from this score on.</source>
            <translation>Behält jedes offene Objekt der Liste ab dieser Bewertung.</translation>
        </message>
        <message>
            <source>What the map shows counts as reviewed.</source>
            <translation>Was die Karte zeigt, gilt als geprüft.</translation>
        </message>
        <message>
            <source>Reading objects …</source>
            <translation>Objekte werden gelesen …</translation>
        </message>
        <message>
            <source>Colour by score</source>
            <translation>Farbe nach Bewertung</translation>
        </message>
        <message>
            <source>Colour by question</source>
            <translation>Farbe nach Frage</translation>
        </message>
        <message>
            <source>Colour by review</source>
            <translation>Farbe nach Prüfung</translation>
        </message>
        <message>
            <source>Everything in the list has been reviewed.</source>
            <translation>Alles in der Liste ist geprüft.</translation>
        </message>
        <message>
            <source>{count} objects</source>
            <translation>{count} Objekte</translation>
        </message>
        <message>
            <source>Change</source>
            <translation>Ändern</translation>
        </message>
        <message>
            <source>Export</source>
            <translation>Ausgeben</translation>
        </message>
        <message>
            <source>Draw a missing one</source>
            <translation>Fehlendes zeichnen</translation>
        </message>
        <message>
            <source>Cut</source>
            <translation>Zerschneiden</translation>
        </message>
        <message>
            <source>Move corners</source>
            <translation>Ecken verschieben</translation>
        </message>
        <message>
            <source>Right angles</source>
            <translation>Rechte Winkel</translation>
        </message>
        <message>
            <source>Smoother</source>
            <translation>Glätten</translation>
        </message>
        <message>
            <source>Fill holes</source>
            <translation>Löcher füllen</translation>
        </message>
        <message>
            <source>Select objects on the map or in the list first.</source>
            <translation>Zuerst Objekte auf der Karte oder in der Liste wählen.</translation>
        </message>
        <message>
            <source>{count} objects kept.</source>
            <translation>{count} Objekte behalten.</translation>
        </message>
        <message>
            <source>{count} outlines changed.</source>
            <translation>{count} Umrisse geändert.</translation>
        </message>
        <message>
            <source>They do not touch, so they stay apart.</source>
            <translation>Sie berühren sich nicht, also bleiben sie getrennt.</translation>
        </message>
        <message>
            <source>{count} more are hidden by the filters</source>
            <translation>{count} weitere verbergen die Filter</translation>
        </message>
        <message>
            <source>Merge</source>
            <translation>Verschmelzen</translation>
        </message>
        <message>
            <source>Remove parts narrower than {width} m</source>
            <translation>Teile schmaler als {width} m entfernen</translation>
        </message>
        <message>
            <source>The visible map is reviewed</source>
            <translation>Die sichtbare Karte ist geprüft</translation>
        </message>
        <message>
            <source>Layer {layer} could not be saved: {reason}</source>
            <translation>Layer {layer} konnte nicht gespeichert werden: {reason}</translation>
        </message>
        <message>
            <source>Change {count} outlines</source>
            <translation>{count} Umrisse ändern</translation>
        </message>
        <message>
            <source>open</source>
            <translation>offen</translation>
        </message>
        <message>
            <source>kept</source>
            <translation>behalten</translation>
        </message>
        <message>
            <source>rejected</source>
            <translation>verworfen</translation>
        </message>
        <message>
            <source>drawn</source>
            <translation>gezeichnet</translation>
        </message>
        <message>
            <source>Measure changed objects</source>
            <translation>Geänderte Objekte messen</translation>
        </message>
        <message>
            <source>Add the attribute of the review</source>
            <translation>Das Attribut der Prüfung hinzufügen</translation>
        </message>
        <message>
            <source>{count} objects: {state}</source>
            <translation>{count} Objekte: {state}</translation>
        </message>
        <message>
            <source>Merge {count} objects</source>
            <translation>{count} Objekte verschmelzen</translation>
        </message>
        <message>
            <source>Finished searches</source>
            <translation>Beendete Suchen</translation>
        </message>
        <message>
            <source>Open again</source>
            <translation>Wieder öffnen</translation>
        </message>
        <message>
            <source>Show the folder</source>
            <translation>Ordner zeigen</translation>
        </message>
        <message>
            <source>Delete with its files</source>
            <translation>Mit Dateien löschen</translation>
        </message>
        <message>
            <source>Question</source>
            <translation>Frage</translation>
        </message>
        <message>
            <source>Layer</source>
            <translation>Layer</translation>
        </message>
        <message>
            <source>Objects</source>
            <translation>Objekte</translation>
        </message>
        <message>
            <source>Date</source>
            <translation>Datum</translation>
        </message>
        <message>
            <source>No search has finished yet.</source>
            <translation>Noch ist keine Suche beendet.</translation>
        </message>
        <message>
            <source>QGIS cannot open the files in {folder}.</source>
            <translation>QGIS kann die Dateien in {folder} nicht öffnen.</translation>
        </message>
        <message>
            <source>Layers show files of {name}: remove them first.</source>
            <translation>Layer zeigen Dateien von {name}: zuerst diese entfernen.</translation>
        </message>
        <message>
            <source>The saved project shows files of {name}: save it first.</source>
            <translation>Das gespeicherte Projekt zeigt Dateien von {name}: zuerst speichern.</translation>
        </message>
        <message>
            <source>{folder} could not be moved into the recycle bin: delete it yourself.</source>
            <translation>{folder} konnte nicht in den Papierkorb verschoben werden: selbst löschen.</translation>
        </message>
        <message>
            <source>Demo scene</source>
            <translation>Beispielszene</translation>
        </message>
        <message>
            <source>The demo scene cannot be drawn into {folder}: {reason}.</source>
            <translation>Die Beispielszene lässt sich nicht in {folder} zeichnen: {reason}.</translation>
        </message>
        <message>
            <source>Other ways to set up …</source>
            <translation>Andere Wege der Einrichtung …</translation>
        </message>
        <message>
            <source>Examine …</source>
            <translation>Untersuchen …</translation>
        </message>
        <message>
            <source>Copy the environment's path</source>
            <translation>Pfad der Umgebung kopieren</translation>
        </message>
        <message>
            <source>Remove the environment …</source>
            <translation>Umgebung entfernen …</translation>
        </message>
        <message>
            <source>Cancel the installation</source>
            <translation>Installation abbrechen</translation>
        </message>
        <message>
            <source>Remove the environment</source>
            <translation>Umgebung entfernen</translation>
        </message>
        <message>
            <source>Set up an own environment</source>
            <translation>Eine eigene Umgebung einrichten</translation>
        </message>
        <message>
            <source>Install again</source>
            <translation>Neu installieren</translation>
        </message>
        <message>
            <source>Remove the environment in {folder}? Results, history and settings stay; it can be set up again at any time.</source>
            <translation>Die Umgebung in {folder} entfernen? Ergebnisse, Verlauf und Einstellungen bleiben; sie lässt sich jederzeit neu einrichten.</translation>
        </message>
        <message>
            <source>Examine RRSIS Geo</source>
            <translation>RRSIS Geo untersuchen</translation>
        </message>
        <message>
            <source>C&amp;opy report</source>
            <translation>Bericht k&amp;opieren</translation>
        </message>
        <message>
            <source>For a bug report; home paths are hidden.</source>
            <translation>Für eine Fehlermeldung; Pfade des Benutzers sind verborgen.</translation>
        </message>
        <message>
            <source>&amp;Examine again</source>
            <translation>Noch einmal &amp;untersuchen</translation>
        </message>
        <message>
            <source>C&amp;lose</source>
            <translation>Sch&amp;ließen</translation>
        </message>
        <message>
            <source>Examining the environment; this takes half a minute.</source>
            <translation>Die Umgebung wird geprüft; das dauert eine halbe Minute.</translation>
        </message>
        <message>
            <source>The report is below.</source>
            <translation>Der Bericht steht unten.</translation>
        </message>
        <message>
            <source>There is no environment that works yet: the panel sets it up.</source>
            <translation>Es gibt noch keine Umgebung, die arbeitet: Das Bedienfeld richtet sie ein.</translation>
        </message>
        <message>
            <source>The search runs in a Python environment of its own, outside QGIS. Setting it up takes a few minutes; nothing in QGIS changes.</source>
            <translation>Die Suche läuft in einer eigenen Python-Umgebung außerhalb von QGIS. Das Einrichten dauert einige Minuten; in QGIS ändert sich nichts.</translation>
        </message>
        <message>
            <source>Set up</source>
            <translation>Einrichten</translation>
        </message>
        <message>
            <source>The environment is not complete yet. What was fetched is kept.</source>
            <translation>Die Umgebung ist noch nicht vollständig. Was geholt wurde, bleibt.</translation>
        </message>
        <message>
            <source>Continue</source>
            <translation>Fortsetzen</translation>
        </message>
        <message>
            <source>The Python from which the environment was made has been removed.</source>
            <translation>Das Python, aus dem die Umgebung entstand, wurde entfernt.</translation>
        </message>
        <message>
            <source>Set up again</source>
            <translation>Neu einrichten</translation>
        </message>
        <message>
            <source>The plugin is newer than its environment.</source>
            <translation>Das Plugin ist neuer als seine Umgebung.</translation>
        </message>
        <message>
            <source>Update</source>
            <translation>Aktualisieren</translation>
        </message>
        <message>
            <source>The Python that was chosen is gone: {program}</source>
            <translation>Das gewählte Python ist nicht mehr da: {program}</translation>
        </message>
        <message>
            <source>Set up an own one</source>
            <translation>Ein eigenes einrichten</translation>
        </message>
        <message>
            <source>Looking for a Python and room on the disk …</source>
            <translation>Python und Platz auf dem Datenträger werden gesucht …</translation>
        </message>
        <message>
            <source>{number} GB</source>
            <translation>{number} GB</translation>
        </message>
        <message>
            <source>{action} (about {size})</source>
            <translation>{action} (etwa {size})</translation>
        </message>
        <message>
            <source>Step {number} of {of}: {name}</source>
            <translation>Schritt {number} von {of}: {name}</translation>
        </message>
        <message>
            <source>Drawing the demo scene; this takes some seconds …</source>
            <translation>Die Beispielszene wird gezeichnet; das dauert einige Sekunden …</translation>
        </message>
        <message>
            <source>The demo scene is open. Press a question:</source>
            <translation>Die Beispielszene ist offen. Drücken Sie eine Frage:</translation>
        </message>
        <message>
            <source>Stopping …</source>
            <translation>Wird angehalten …</translation>
        </message>
        <message>
            <source>Other ways …</source>
            <translation>Andere Wege …</translation>
        </message>
        <message>
            <source>A Python that has rrsis-geo already, or a folder of wheels.</source>
            <translation>Ein Python, das rrsis-geo schon hat, oder ein Ordner mit Wheels.</translation>
        </message>
        <message>
            <source>Hide this; the gear has it again.</source>
            <translation>Ausblenden; über das Zahnrad kommt es wieder.</translation>
        </message>
        <message>
            <source>{number} MB</source>
            <translation>{number} MB</translation>
        </message>
        <message>
            <source>{name}, unpacking</source>
            <translation>{name}, wird entpackt</translation>
        </message>
        <message>
            <source>{name}, {done} of {total}</source>
            <translation>{name}, {done} von {total}</translation>
        </message>
        <message>
            <source>QGIS can be used meanwhile.</source>
            <translation>QGIS lässt sich inzwischen benutzen.</translation>
        </message>
        <message>
            <source>Try again</source>
            <translation>Noch einmal versuchen</translation>
        </message>
        <message>
            <source>Set up for {gpu} (about {size})</source>
            <translation>Einrichten für {gpu} (etwa {size})</translation>
        </message>
        <message>
            <source>Ready. Try it on a drawn town, with three questions to press.</source>
            <translation>Bereit. Probieren Sie es an einer gezeichneten Stadt mit drei Fragen zum Drücken.</translation>
        </message>
        <message>
            <source>Stopped. What has been fetched is kept.</source>
            <translation>Angehalten. Was geholt wurde, bleibt.</translation>
        </message>
        <message>
            <source>The variable {name} names a Python that is gone: {program}</source>
            <translation>Die Variable {name} nennt ein Python, das nicht mehr da ist: {program}</translation>
        </message>
        <message>
            <source>Set up RRSIS Geo</source>
            <translation>RRSIS Geo einrichten</translation>
        </message>
        <message>
            <source>&amp;Make an environment for me (recommended)</source>
            <translation>&amp;Eine Umgebung für mich anlegen (empfohlen)</translation>
        </message>
        <message>
            <source>&amp;Use a Python that has rrsis-geo already</source>
            <translation>Ein Python &amp;nehmen, das rrsis-geo schon hat</translation>
        </message>
        <message>
            <source>Install from a folder of &amp;wheels, without network</source>
            <translation>Aus einem Ordner mit &amp;Wheels installieren, ohne Netzwerk</translation>
        </message>
        <message>
            <source>&amp;Install</source>
            <translation>&amp;Installieren</translation>
        </message>
        <message>
            <source>The search runs outside QGIS in a Python of its own, so that it cannot harm QGIS. Nothing of QGIS or of this plugin is changed.</source>
            <translation>Die Suche läuft außerhalb von QGIS in einem eigenen Python und kann QGIS deshalb nicht schaden. An QGIS und dieser Erweiterung wird nichts verändert.</translation>
        </message>
        <message>
            <source>Looking …</source>
            <translation>Wird gesucht …</translation>
        </message>
        <message>
            <source>Choose the folder of wheels first.</source>
            <translation>Wählen Sie zuerst den Ordner mit Wheels.</translation>
        </message>
        <message>
            <source>&amp;Use</source>
            <translation>Verwen&amp;den</translation>
        </message>
        <message>
            <source>the best Python of this computer</source>
            <translation>das beste Python dieses Rechners</translation>
        </message>
        <message>
            <source>for the CPU (about 150 MB)</source>
            <translation>für die CPU (etwa 150 MB)</translation>
        </message>
        <message>
            <source>for a GPU, with torch (several GB)</source>
            <translation>für eine GPU, mit torch (mehrere GB)</translation>
        </message>
        <message>
            <source>Wheels (*.whl)</source>
            <translation>Wheels (*.whl)</translation>
        </message>
        <message>
            <source>the one inside the plugin</source>
            <translation>das im Plugin enthaltene</translation>
        </message>
        <message>
            <source>Packages come from the index that pip is set up for, with the hashes that the plugin knows; QGIS's proxy is passed on.</source>
            <translation>Pakete kommen aus dem Index, auf den pip eingestellt ist, mit den Hashs, die das Plugin kennt; der Proxy von QGIS wird weitergegeben.</translation>
        </message>
        <message>
            <source>&amp;Python</source>
            <translation>P&amp;ython</translation>
        </message>
        <message>
            <source>&amp;Build</source>
            <translation>&amp;Ausführung</translation>
        </message>
        <message>
            <source>Package &amp;rrsis-geo</source>
            <translation>Paket &amp;rrsis-geo</translation>
        </message>
        <message>
            <source>A folder with all wheels that the plugin's file packages/cpu.txt lists, made on a computer with the same system and Python by “pip download -r cpu.txt”. No network is used.</source>
            <translation>Ein Ordner mit allen Wheels, die die Datei packages/cpu.txt des Plugins nennt, erstellt auf einem Rechner mit demselben System und Python mit „pip download -r cpu.txt“. Es wird kein Netz benutzt.</translation>
        </message>
        <message>
            <source>&amp;Folder of wheels</source>
            <translation>&amp;Ordner mit Wheels</translation>
        </message>
        <message>
            <source>The python program, or the folder, of an environment in which “rrsis-geo doctor” reports no failure. It must have the plugin's version of rrsis-geo.</source>
            <translation>Das Programm python oder der Ordner einer Umgebung, in der „rrsis-geo doctor“ keinen Fehler meldet. Sie muss rrsis-geo in der Version des Plugins haben.</translation>
        </message>
        <message>
            <source>&amp;Interpreter</source>
            <translation>In&amp;terpreter</translation>
        </message>
        <message>
            <source>No environment is set up yet: it holds the network and its tools.</source>
            <translation>Es ist noch keine Umgebung eingerichtet: sie enthält das Netz und seine Werkzeuge.</translation>
        </message>
        <message>
            <source>The worker has said nothing for {seconds} s. It may be loading or at a heavy part; Cancel stops it.</source>
            <translation>Der Arbeitsprozess schweigt seit {seconds} s. Vielleicht lädt er, oder er ist an einem schweren Teil; Abbrechen hält ihn an.</translation>
        </message>
        <message>
            <source>Worker {pid}: rrsis-geo {version}, Python {python}</source>
            <translation>Arbeitsprozess {pid}: rrsis-geo {version}, Python {python}</translation>
        </message>
        <message>
            <source>Minimum area</source>
            <translation>Mindestfläche</translation>
        </message>
        <message>
            <source>Bands as displayed</source>
            <translation>Kanäle wie angezeigt</translation>
        </message>
        <message>
            <source>Area</source>
            <translation>Fläche</translation>
        </message>
        <message>
            <source>Layer CRS</source>
            <translation>KBS des Layers</translation>
        </message>
        <message>
            <source>{windows} windows at {gsd} m per pixel on {device}</source>
            <translation>{windows} Fenster mit {gsd} m je Pixel auf {device}</translation>
        </message>
        <message>
            <source>{hours} h {minutes} min</source>
            <translation>{hours} h {minutes} min</translation>
        </message>
        <message>
            <source>{done} of {total} windows</source>
            <translation>{done} von {total} Fenstern</translation>
        </message>
        <message>
            <source>{seconds} s</source>
            <translation>{seconds} s</translation>
        </message>
        <message>
            <source>{minutes} min {seconds} s</source>
            <translation>{minutes} min {seconds} s</translation>
        </message>
        <message>
            <source>{rate} per second</source>
            <translation>{rate} je Sekunde</translation>
        </message>
        <message>
            <source>{time} left</source>
            <translation>noch {time}</translation>
        </message>
        <message>
            <source>{count} found so far</source>
            <translation>bisher {count} gefunden</translation>
        </message>
        <message>
            <source>The worker has said nothing for {seconds} s; it may still be busy.</source>
            <translation>Der Arbeitsprozess schweigt seit {seconds} s; vielleicht arbeitet er noch.</translation>
        </message>
        <message>
            <source>{program} has no package rrsis-geo. Set the environment up again, or choose another interpreter.</source>
            <translation>{program} hat kein Paket rrsis-geo. Richten Sie die Umgebung neu ein oder wählen Sie einen anderen Interpreter.</translation>
        </message>
        <message>
            <source>{program} did not start the worker. Set the environment up again, or choose another interpreter; the log below says more.</source>
            <translation>{program} hat den Arbeitsprozess nicht gestartet. Richten Sie die Umgebung neu ein oder wählen Sie einen anderen Interpreter; das Protokoll unten sagt mehr.</translation>
        </message>
        <message>
            <source>Plugin and environment do not fit each other: {difference}.</source>
            <translation>Erweiterung und Umgebung passen nicht zueinander: {difference}.</translation>
        </message>
        <message>
            <source>The worker process ended unexpectedly. QGIS is not affected; the log below says more.</source>
            <translation>Der Arbeitsprozess hat unerwartet geendet. QGIS ist nicht betroffen; das Protokoll unten sagt mehr.</translation>
        </message>
        <message>
            <source>The interpreter {program} cannot be started. Set the environment up again.</source>
            <translation>Der Interpreter {program} kann nicht gestartet werden. Richten Sie die Umgebung neu ein.</translation>
        </message>
    </context>
</TS>
